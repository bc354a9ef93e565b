// The page: looks once a second, and shows what it sees.

import { change, choices, element, fill, look, settle, whenChanged } from "./control.js";
import { PhoneCard } from "./phone.js";

const find = (selector) => document.querySelector(selector);
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const second = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

const cards = new Map();
let known = null;

function showPhones(phones) {
  const ids = new Set(phones.map((phone) => phone.id));
  for (const [id, card] of cards) {
    if (ids.has(id)) continue;
    card.root.remove();
    cards.delete(id);
  }
  for (const phone of phones) {
    if (!cards.has(phone.id)) {
      cards.set(phone.id, new PhoneCard(phone.id, known.fates));
      find("#phones").append(cards.get(phone.id).root);
    }
    cards.get(phone.id).show(phone);
  }
}

function showFaults(faults) {
  const list = find("#faults");
  const wanted = JSON.stringify(faults);
  if (list.dataset.shown === wanted) return;
  list.dataset.shown = wanted;
  const lines = faults.map(({ name, method, times }) => {
    const often = times === null ? "until cleared" : times === 1 ? "next request" : `next ${times} requests`;
    return element("li", `${name} · ${method === "*" ? "every method" : method} · ${often}`);
  });
  if (lines.length) {
    const clear = element("button", "Clear");
    clear.type = "button";
    clear.addEventListener("click", () => change("faults/clear"));
    lines[0].append(clear);
  }
  list.replaceChildren(...lines);
}

function showRequests(requests) {
  const table = find("#requests");
  table.hidden = !requests.length;
  find("#no-requests").hidden = requests.length > 0;
  const wanted = JSON.stringify(requests);
  if (table.dataset.shown === wanted) return;
  table.dataset.shown = wanted;
  table.tBodies[0].replaceChildren(
    ...requests.map((request) => {
      const row = document.createElement("tr");
      const values = Object.entries(request.values).map(([name, value]) => `${name}=${value}`);
      const outcome = element("td");
      outcome.append(element("span", request.outcome, /^[23]/.test(request.outcome) ? "" : "bad"));
      if (request.fault) outcome.append(" ", element("span", request.fault, "warm"));
      row.append(
        element("td", second.format(new Date(request.at))),
        element("td", `${request.verb} ${request.method}`),
        element("td", values.join("  ")),
        outcome,
      );
      return row;
    }),
  );
}

function show(state) {
  find("#now").textContent = moment.format(new Date(state.now));
  find("#now").dateTime = state.now;
  settle(find("#profile"), state.profile);
  find("#profile-about").textContent = known.profiles.find(({ name }) => name === state.profile)?.about ?? "";
  settle(find("#calls-webhooks"), !state.silent);
  find("#account-url").textContent = location.origin;
  find("#account-email").textContent = state.account.email;
  find("#account-password").textContent = state.account.password;
  find("#account-token").textContent = state.account.token;
  showPhones(state.phones);
  showFaults(state.faults);
  showRequests(state.requests);
}

async function begin() {
  known ??= await choices();
  if (!known) return;
  fill(find("#profile"), known.profiles.map(({ name }) => name));
  fill(find("#fault [name=name]"), known.faults);
  fill(find("#fault [name=method]"), known.methods, (method) => (method === "*" ? "every method" : method));
}

async function keepLooking() {
  if (!known) await begin();
  const state = known && (await look());
  if (state) show(state);
  setTimeout(keepLooking, 1000);
}

whenChanged(show);
for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", () => change("advance", { seconds: Number(button.dataset.advance) }));
}
find("#profile").addEventListener("change", ({ target }) => {
  target.blur();
  change("profile", { name: target.value });
});
find("#calls-webhooks").addEventListener("change", ({ target }) => change("silent", { silent: !target.checked }));
find("#new-token").addEventListener("click", () => change("account", { token: true }));
find("#new-password").addEventListener("click", () => change("account", { password: true }));
find("#fault").addEventListener("submit", (event) => {
  event.preventDefault();
  const { name, method, times } = Object.fromEntries(new FormData(event.target));
  change("faults", { name, method, times: times ? Number(times) : null });
});
find("#add-phone").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  if (await change("phones", { title: form.elements.title.value })) form.reset();
});
keepLooking();
