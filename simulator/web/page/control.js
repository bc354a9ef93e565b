// The control interface of the simulator: what is asked and told. Every change answers the whole new state.

const trouble = document.querySelector("#trouble");

async function talk(path, wishes) {
  const options = wishes === undefined ? {} : { method: "POST", body: JSON.stringify(wishes) };
  try {
    const response = await fetch(`/simulator/${path}`, options);
    const answer = await response.json();
    trouble.hidden = response.ok;
    if (!response.ok) {
      trouble.textContent = `The simulator would not do that. ${answer.message}`;
      return null;
    }
    return answer;
  } catch {
    trouble.hidden = false;
    trouble.textContent = "The simulator does not answer. Start it again; this page then goes on by itself.";
    return null;
  }
}

export const look = () => talk("state");
export const choices = () => talk("choices");

let show = () => {};

export function whenChanged(callback) {
  show = callback;
}

export async function change(path, wishes = {}) {
  const state = await talk(path, wishes);
  if (state) show(state);
  return state !== null;
}

// A field is only overwritten with the simulator's value while nobody is typing or choosing in it.
export function settle(field, value) {
  if (field.type === "checkbox") field.checked = value;
  else if (field !== document.activeElement && field.value !== String(value)) field.value = value;
}

export function element(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

export function fill(select, values, words = (value) => value) {
  const wanted = values.map(String).join("\n") + values.map(words).join("\n");
  if (select.dataset.filled === wanted) return;
  const chosen = select.value;
  select.dataset.filled = wanted;
  select.replaceChildren(
    ...values.map((value) => {
      const option = element("option", words(value));
      option.value = value;
      return option;
    }),
  );
  if (values.map(String).includes(chosen)) select.value = chosen;
}
