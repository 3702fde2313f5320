// The step before a payment while stolen cards are tested: waits, lets a worker solve the challenge, and sends the form.
// Loaded on that page alone. Without it the page says what to press and when.

const form = document.querySelector("form[data-guard]");
const state = form.querySelector(".guard-state");
const challenge = document.getElementById("guard-challenge");

const waited = new Promise((resolve) => setTimeout(resolve, Number(form.dataset.wait) * 1000));

// altcha's own solver. It needs Web Crypto, which browsers keep for https and for this machine.
function solve(parameters) {
  return new Promise((resolve, reject) => {
    if (!window.isSecureContext || !window.Worker) return reject(new Error("no Web Crypto"));
    const worker = new Worker(form.dataset.worker);
    worker.onmessage = ({ data }) => (data?.derivedKey ? resolve(data) : reject(data?.error ?? new Error("no solution")));
    worker.onerror = reject;
    worker.postMessage({ type: "work", challenge: parameters, counterStart: 0, counterStep: 1 });
  });
}

async function work() {
  const parameters = JSON.parse(challenge.textContent);
  const solution = await solve(parameters);
  form.elements.altcha.value = btoa(JSON.stringify({ challenge: parameters, solution }));
}

// Whoever pressed a button is on the way already.
let isLeft = false;
form.addEventListener("submit", () => (isLeft = true));

async function goOn() {
  state.textContent = challenge ? state.dataset.working : state.dataset.counting;
  try {
    if (challenge) await work();
    await waited;
    if (!isLeft) form.submit(); // and not the button, which asks for a mail
  } catch {
    state.textContent = state.dataset.failed;
  }
}

goOn();
window.addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  isLeft = false;
  goOn();
});
