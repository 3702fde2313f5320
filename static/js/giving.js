// The give form, made handier: a key that makes one gift of every double click and reload, a button that says what it
// will do, figures that are fresh on a kept page. Everything works without this file too.

const form = document.querySelector("form.give[data-campaign]");
const progress = document.querySelector("[data-progress]");

// One key a campaign until the gift has arrived, and no longer than a form is filled in: the tab may stay open for days.
// And the last gift that this tab has seen arrive: a form opened after it means another one. Both stay with the form's entry
// in the history, so that Back and reload bring the very form that was sent; the server asks before it takes that again.
// Private windows may refuse the storage; then the server tells the same form by what is in it.
const KEPT_FOR = 30 * 60 * 1000;

function storage() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

function giveKey() {
  const field = form.elements.key;
  const kept = storage();
  if (field.value || !kept || !window.crypto.randomUUID) return;
  const name = `giving:${form.dataset.campaign}`;
  const [key, since] = (kept.getItem(name) ?? "").split(" ");
  const own = window.history.state?.giving ?? { after: kept.getItem(`given:${form.dataset.campaign}`) ?? "" };
  const isSpent = own.key && own.key !== key;
  const isYoung = Date.now() - Number(since) < KEPT_FOR;
  field.value = isSpent ? own.key : key && isYoung ? key : window.crypto.randomUUID();
  form.elements.after.value = own.after;
  if (!isSpent && field.value !== key) kept.setItem(name, `${field.value} ${Date.now()}`);
  window.history.replaceState({ ...window.history.state, giving: { key: field.value, after: own.after } }, "");
}

// What is left without the currency's own sign, which the page names as the server knows it. Behind the figures a letter
// alone may mean thousands: it stays, and nothing is named.
function figuresIn(text) {
  const typed = text.toLowerCase();
  const signs = form.dataset.signs.split(" ").sort((one, other) => other.length - one.length);
  const before = signs.find((sign) => typed.startsWith(sign));
  if (before) return typed.slice(before.length).trim();
  const after = signs.find((sign) => typed.endsWith(sign) && !/^[a-z]$/.test(sign));
  return after ? typed.slice(0, -after.length).trim() : typed;
}

// "12,50" and "1 250.00" in minor units, as newsroom/money.py reads them; 0 for whatever it may refuse or ask about. So
// the button promises no gift that is not taken: what is in doubt leaves it without an amount.
function typedAmount(text) {
  const places = Number(form.dataset.decimals);
  const point = places ? `(?:[.,](?<decimals>\\d{1,${places}}))?` : "";
  const figures = figuresIn(text);
  const plain = figures.match(`^(?<whole>\\d+)${point}$`);
  const grouped = figures.match(`^(?<whole>[1-9]\\d{0,2}(?<group>[ .,'])\\d{3}(?:\\k<group>\\d{3})*)${point}$`);
  const found = plain ?? grouped;
  if (!found) return 0;
  const { whole, decimals = "", group } = found.groups;
  const isLone = group && whole.split(group).length === 2 && !decimals;
  if (isLone && /[.,]/.test(group) && places && group !== form.dataset.grouping) return 0;
  if (decimals && group && figures.at(-1 - decimals.length) === group) return 0;
  const amount = Number(whole.replace(/\D/g, "") + decimals.padEnd(places, "0"));
  return amount >= least() && amount <= Number(form.dataset.most) ? amount : 0;
}

function least() {
  return Number(form.querySelector(`.amounts[data-rhythm="${form.elements.rhythm.value}"]`)?.dataset.least ?? 1);
}

function inWords(amount) {
  const places = Number(form.dataset.decimals);
  // Three decimals always stand: “1,875” could be read as one dinar and 875 fils.
  const trailingZeroDisplay = places < 3 ? "stripIfInteger" : "auto";
  const digits = { minimumFractionDigits: places, maximumFractionDigits: places, trailingZeroDisplay };
  const options = { style: "currency", currency: form.dataset.currency, ...digits };
  return new Intl.NumberFormat(form.dataset.language, options).format(amount / 10 ** places);
}

const chosenTile = () => form.querySelector(`[name="amount_${form.elements.rhythm.value}"]:checked`);
const ownAmount = () => form.elements.own_amount?.value.trim() ?? "";

function amountInWords(covered) {
  const own = ownAmount();
  const amount = own ? typedAmount(own) : Number(chosenTile()?.value ?? 0);
  if (!amount) return "";
  return own || covered ? inWords(amount + covered) : chosenTile().closest("label").textContent.trim();
}

// What must be added so that the gift is left when its fee is taken from both together: as campaigns/ways.py reckons it.
function coverOf(amount, rate, fixed) {
  const whole = 10000n;
  const fee = (sum) => (sum * rate + whole - 1n) / whole + fixed;
  let added = (amount * rate + fixed * whole) / (whole - rate);
  while (fee(amount + added) > added) added += 1n;
  return added;
}

// Beside the box stands what the chosen way adds to the chosen gift; nothing where that way costs nothing.
function cover() {
  const part = form.querySelector(".cover");
  if (!part) return 0;
  const ways = [...part.querySelectorAll("[data-way]")];
  const way = form.elements.processor?.value;
  const line = way ? ways.find((one) => one.dataset.way === way) : ways[0];
  part.hidden = !line;
  for (const one of ways) one.hidden = one !== line;
  const own = ownAmount();
  const amount = own ? typedAmount(own) : Number(chosenTile()?.value ?? 0);
  if (!line) return 0;
  const added = amount ? Number(coverOf(BigInt(amount), BigInt(line.dataset.rate), BigInt(line.dataset.fixed))) : 0;
  const place = line.querySelector("[data-adds]");
  place.textContent = amount ? place.dataset.adds.replace("{added}", inWords(added)).replace("{total}", inWords(amount + added)) : "";
  return form.elements.cover.checked ? added : 0;
}

const button = form?.querySelector("button.button");
const plain = button?.textContent;

function label() {
  const words = amountInWords(cover());
  const pattern = button.dataset[form.elements.rhythm.value] ?? button.dataset.once;
  button.textContent = words ? pattern.replace("{amount}", words) : plain;
}

// Which article led here (hint.js): out of the address at once, so that nobody shares it, and with the form's entry in the
// history, so that a reload keeps it. The place on the page is looked for again, for its name had the hint in it.
function takeHint() {
  const [place, mark] = window.location.hash.split(/[#&]?from=/);
  const hint = mark ?? window.history.state?.hint ?? "";
  if (form.elements.hint && !form.elements.hint.value) form.elements.hint.value = hint;
  if (mark === undefined) return;
  const { pathname, search } = window.location;
  window.history.replaceState({ ...window.history.state, hint }, "", `${pathname}${search}${place}`);
  if (place) document.getElementById(place.slice(1))?.scrollIntoView();
}

function begin() {
  takeHint();
  giveKey();
  form.addEventListener("input", (event) => {
    if (event.target.name?.startsWith("amount_") && form.elements.own_amount) form.elements.own_amount.value = "";
    label();
  });
  form.addEventListener("submit", (event) => {
    if ("sent" in form.dataset) return event.preventDefault();
    form.dataset.sent = "";
    button.textContent = button.dataset.sent;
  });
  window.addEventListener("pageshow", () => {
    delete form.dataset.sent; // back from the payment page
    label();
  });
  form.querySelector(".errors")?.focus();
  label();
}

async function refresh() {
  try {
    // The copy in the browser may be older than the page: whoever comes back from giving sees the gift.
    const answer = await fetch(progress.dataset.progress, { cache: "no-cache" });
    if (!answer.ok) return;
    const facts = await answer.json();
    for (const place of progress.querySelectorAll("[data-show]")) place.textContent = facts[place.dataset.show];
    const bar = progress.querySelector("progress");
    bar.max = facts.goal;
    bar.value = Math.max(0, Math.min(facts.reached, facts.goal));
  } catch {
    // The page's own figures stay.
  }
}

if (form) begin();
if (progress) refresh();

const arrived = document.querySelector("[data-given]");
if (arrived) {
  storage()?.removeItem(`giving:${arrived.dataset.given}`);
  storage()?.setItem(`given:${arrived.dataset.given}`, arrived.dataset.gift);
}
