// One phone's card: its state, its conversations, what one can do to it.

import { change, element, fill, settle } from "./control.js";

const SECOND = 1000;
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });

function ago(seconds) {
  if (seconds < 60) return `${Math.max(0, seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} days ago`;
}

const answeredWell = (outcome) => /^2\d\d$/.test(outcome);
const inWords = (outcome) => (/^\d+$/.test(outcome) ? `HTTP ${outcome}` : outcome);

export class PhoneCard {
  constructor(id, fates) {
    this.id = id;
    this.thread = null;
    this.read = new Map();
    this.root = document.querySelector("#phone").content.firstElementChild.cloneNode(true);
    this.root.dataset.phone = id;
    this.find = (selector) => this.root.querySelector(selector);
    fill(this.find(".fate"), fates);
    fill(this.find(".next-fate"), fates);
    this.find(".next-fate").value = "generic failure";
    this.listen();
  }

  act(what, wishes) {
    return change(`phones/${this.id}/${what}`, wishes);
  }

  listen() {
    const on = (selector, event, act) => this.find(selector).addEventListener(event, act);
    on(".online", "change", ({ target }) => this.act("online", { online: target.checked }));
    on(".fate", "change", ({ target }) => this.act("fate", { fate: target.value }));
    on(".next", "click", () =>
      this.act("fate", { fate: this.find(".next-fate").value, times: Number(this.find(".next-times").value) }),
    );
    on(".request-every", "change", ({ target }) => this.act("details", { request_every: Number(target.value) }));
    on(".app-current", "change", ({ target }) => this.act("details", { app_current: target.checked }));
    on(".subscription", "change", ({ target }) => this.act("details", { subscription: target.checked }));
    on(".incoming-webhook", "change", ({ target }) => this.act("details", { incoming_webhook: target.value }));
    on(".status-webhook", "change", ({ target }) => this.act("details", { status_webhook: target.value }));
    on(".webhooks-on", "change", ({ target }) => this.act("details", { webhooks_on: target.checked }));
    on(".add-sim", "click", () => this.act(`sims/${this.freeSlot}`, {}));
    on(".reregister", "click", () => {
      const how = this.find(".anew").value;
      this.act("reregister", how ? { [how]: true } : {});
    });
    on(".remove", "click", () => this.act("remove", {}));
    on(".receive", "submit", (event) => {
      event.preventDefault();
      this.receive();
    });
  }

  async receive() {
    const [sender, text, sim] = [this.find(".sender"), this.find(".text"), this.find(".receive .sim")];
    this.expected = sender.value;
    if (await this.act("receive", { sender: sender.value, text: text.value, sim: Number(sim.value || 0) })) {
      text.value = "";
      text.focus();
    }
  }

  show(phone) {
    this.phone = phone;
    this.root.classList.toggle("off", !phone.online);
    this.find(".title").textContent = phone.title;
    this.find(".id").textContent = `id ${phone.id}`;
    this.find(".seen").textContent = `seen ${ago(phone.seconds_since_seen)}`;
    this.find(".state").textContent = phone.online ? "On" : "Off";
    settle(this.find(".online"), phone.online);
    this.find(".online").ariaLabel = `${phone.title} is on`;
    settle(this.find(".fate"), phone.fate);
    settle(this.find(".request-every"), phone.request_every);
    settle(this.find(".app-current"), phone.app_current);
    settle(this.find(".subscription"), phone.subscription);
    settle(this.find(".webhooks-on"), phone.webhooks_on);
    for (const [kind, webhook] of Object.entries(phone.webhooks)) this.showWebhook(kind, webhook);
    this.showChips(phone);
    this.showSims(phone.sims);
    this.showThreads(phone.messages);
    this.showBubbles(phone.messages.filter((message) => message.number === this.thread));
  }

  showWebhook(kind, { url, rung, failed, last }) {
    settle(this.find(`.${kind}-webhook`), url);
    const line = this.find(`.${kind}-rings`);
    line.hidden = !rung;
    line.classList.toggle("warm", !answeredWell(last));
    line.textContent = `Called ${rung} ${rung === 1 ? "time" : "times"}, ${failed} failed. Last: ${inWords(last)}.`;
  }

  showChips(phone) {
    const chips = phone.sims.map((sim) => [
      `SIM ${sim.slot + 1} ${sim.carrier}${sim.roaming ? ", roaming" : ""}${sim.works ? "" : ", does not send"}`,
      !sim.works,
    ]);
    if (!phone.sims.length) chips.push(["no SIM", true]);
    chips.push([`app ${phone.app_version}${phone.app_current ? "" : ", outdated"}`, !phone.app_current]);
    if (!phone.subscription) chips.push(["no subscription", false]);
    if (phone.fate !== "delivered") chips.push([`all messages: ${phone.fate}`, true]);
    if (phone.next_fates.length) chips.push([`next ${phone.next_fates.length}: ${phone.next_fates[0]}`, true]);
    const { incoming, status } = phone.webhooks;
    if ((incoming.url || status.url) && !phone.webhooks_on) chips.push(["webhooks off", false]);
    for (const [words, { url, rung, last }] of [["incoming", incoming], ["status", status]]) {
      if (url && rung && phone.webhooks_on && !answeredWell(last)) chips.push([`${words} webhook: ${inWords(last)}`, true]);
    }
    if (phone.waiting) chips.push([`${phone.waiting} waiting to be sent`, false]);
    if (phone.held) chips.push([`${phone.held} received, handed in when it is on`, true]);
    this.find(".chips").replaceChildren(
      ...chips.map(([words, warm]) => element("li", words, warm ? "warm" : "")),
    );
  }

  showSims(sims) {
    this.freeSlot = [0, 1, 2, 3].find((slot) => !sims.some((sim) => sim.slot === slot)) ?? sims.length;
    fill(this.find(".receive .sim"), sims.map((sim) => sim.slot), (slot) => `SIM ${slot + 1}`);
    this.find(".receive .sim").hidden = sims.length < 2;
    const box = this.find(".sims");
    if (box.children.length !== sims.length || sims.some((sim, at) => box.children[at].dataset.slot != sim.slot)) {
      box.replaceChildren(...sims.map((sim) => this.simCard(sim.slot)));
    }
    sims.forEach((sim, at) => {
      for (const name of ["carrier", "number", "roaming", "works"]) {
        settle(box.children[at].querySelector(`.${name}`), sim[name]);
      }
    });
  }

  simCard(slot) {
    const card = document.querySelector("#sim").content.firstElementChild.cloneNode(true);
    card.dataset.slot = slot;
    card.querySelector("legend").textContent = `SIM ${slot + 1} (slot ${slot})`;
    const tell = (wishes) => this.act(`sims/${slot}`, wishes);
    for (const name of ["carrier", "number"]) {
      card.querySelector(`.${name}`).addEventListener("change", ({ target }) => tell({ [name]: target.value }));
    }
    for (const name of ["roaming", "works"]) {
      card.querySelector(`.${name}`).addEventListener("change", ({ target }) => tell({ [name]: target.checked }));
    }
    card.querySelector(".take-out").addEventListener("click", () => tell({ removed: true }));
    return card;
  }

  showThreads(messages) {
    const newest = new Map();
    messages.forEach((message, at) => newest.set(message.number, at));
    const numbers = [...newest.keys()].sort((one, other) => newest.get(other) - newest.get(one));
    if (this.expected && newest.has(this.expected)) this.choose(this.expected);
    this.expected = null;
    if (!newest.has(this.thread)) this.choose(numbers[0] ?? null);
    const lastId = (number) => messages[newest.get(number)].id;
    if (!this.read.size) numbers.forEach((number) => this.read.set(number, lastId(number)));
    if (this.thread) this.read.set(this.thread, lastId(this.thread));
    const wanted = numbers.map((number) => [number, number === this.thread, this.read.get(number) !== lastId(number)]);
    const nav = this.find(".threads");
    nav.hidden = !numbers.length;
    if (nav.dataset.shown === JSON.stringify(wanted)) return;
    nav.dataset.shown = JSON.stringify(wanted);
    nav.replaceChildren(
      ...wanted.map(([number, current, news]) => {
        const button = element("button", number, news ? "news" : "");
        button.type = "button";
        button.setAttribute("aria-current", current);
        button.addEventListener("click", () => {
          this.choose(number);
          this.show(this.phone);
        });
        return button;
      }),
    );
  }

  choose(number) {
    this.thread = number;
    if (number !== null) this.find(".sender").value = number;
  }

  showBubbles(messages) {
    const list = this.find(".bubbles");
    const wanted = JSON.stringify([this.thread, messages]);
    if (list.dataset.shown === wanted) return;
    const sameThread = list.dataset.thread === String(this.thread);
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    list.dataset.shown = wanted;
    list.dataset.thread = this.thread;
    const rows = [];
    let lastDay = "";
    for (const message of messages) {
      const today = day.format(new Date(message.at));
      if (today !== lastDay) rows.push(element("li", today, "day"));
      lastDay = today;
      rows.push(this.bubble(message));
    }
    list.replaceChildren(...(rows.length ? rows : [element("li", "No messages yet", "nothing")]));
    if (atEnd || !sameThread) list.scrollTop = list.scrollHeight;
  }

  bubble(message) {
    const bubble = element("li", "", `bubble ${message.incoming ? "in" : "out"}`);
    bubble.dataset.message = message.id;
    const foot = element("small", `${clock.format(new Date(message.at))} · SIM ${message.sim + 1}`);
    if (!message.incoming) foot.append(" · ", element("span", message.word, message.mood));
    if (message.scheduled && new Date(message.scheduled) - new Date(message.at) > SECOND) {
      foot.append(` · for ${day.format(new Date(message.scheduled))} ${clock.format(new Date(message.scheduled))}`);
    }
    bubble.title = `Message ${message.id}, status ${message.status}`;
    bubble.append(element("p", message.text), foot);
    return bubble;
  }
}
