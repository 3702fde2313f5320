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

// Whether another currency's sign stands there: the server refuses it.
function isForeign(text) {
  const options = { style: "currency", currency: form.dataset.currency, currencyDisplay: "narrowSymbol" };
  const own = new Intl.NumberFormat("en", options).format(0);
  return (text.match(/\p{Sc}/gu) ?? []).some((sign) => !own.includes(sign));
}

// "12,50" and "1 250.00" as the server reads them (newsroom/money.py), near enough for a label.
function typedAmount(text, places) {
  if (/[\p{No}\p{Nl}]/u.test(text) || isForeign(text)) return 0;
  const figures = text.replace(/[^\d.,]/g, "");
  const point = Math.max(figures.lastIndexOf("."), figures.lastIndexOf(","));
  const after = point < 0 ? "" : figures.slice(point + 1);
  const groups = point < 0 || (after.length === 3 && places !== 3 && !figures.startsWith("0"));
  const whole = groups ? figures : figures.slice(0, point);
  return Number(`${whole.replace(/\D/g, "")}.${groups ? "0" : after || "0"}`);
}

function amountInWords() {
  const own = form.elements.own_amount.value.trim();
  if (own) {
    const places = Number(form.dataset.decimals);
    const amount = typedAmount(own, places);
    if (!amount) return "";
    const digits = { minimumFractionDigits: places, maximumFractionDigits: places, trailingZeroDisplay: "stripIfInteger" };
    const options = { style: "currency", currency: form.dataset.currency, ...digits };
    return new Intl.NumberFormat(document.documentElement.lang, options).format(amount);
  }
  const rhythm = form.elements.rhythm.value;
  const tile = form.querySelector(`[name="amount_${rhythm}"]:checked`);
  return tile ? tile.closest("label").textContent.trim() : "";
}

const button = form?.querySelector("button.button");
const plain = button?.textContent;

function label() {
  const words = amountInWords();
  const pattern = button.dataset[form.elements.rhythm.value === "monthly" ? "monthly" : "once"];
  button.textContent = words ? pattern.replace("{amount}", words) : plain;
}

function begin() {
  giveKey();
  form.addEventListener("input", (event) => {
    if (event.target.name?.startsWith("amount_")) form.elements.own_amount.value = "";
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
    bar.value = Math.max(0, Math.min(facts.total, facts.goal));
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
