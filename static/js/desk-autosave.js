// What stands in the article's form is kept: at once in this browser, after a few seconds at the newsroom. The same calls say
// that the page is open, and bring back who else is in the article. Saving itself is the form's own business.

import * as mirrors from "./desk-mirrors.js"

const AFTER_TYPING = 4_000
const WHILE_TYPING = 10_000
const MIRROR_AFTER = 500
const BEAT = 15_000
const LONGEST_WAIT = 60_000
const KEEPALIVE = 60_000 // bytes that a browser still sends of a page that goes away: 64 KiB in all
const HIDDEN = "&_hidden=1" // timers will run once a minute: the newsroom waits longer for a word
const OF_THE_PAGE = new Set(["csrfmiddlewaretoken", "once", "theirs"])

const box = document.getElementById("desk-keeping")
const form = box?.closest("form")
const keyField = form?.elements.key
const { address, notice, user, article } = box?.dataset ?? {}

const words = () => {
  const fields = new URLSearchParams()
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !name.startsWith("_") && !OF_THE_PAGE.has(name) && !name.includes("__prefix__")) fields.append(name, value)
  }
  return fields.toString()
}

let shown = "" // as the page came, or as it was kept last
let mirrored = "" // as this browser holds it
let refused = "" // the newsroom will not take it: why
let firstUnkept = 0
let lastTyped = 0
let lastCall = 0
let nextTry = 0
let failures = 0
let calling = null
let leaving = false
let kind = ""

const isNew = () => words() !== shown

function state(newKind, text, alarm) {
  box.querySelector("[data-state]").textContent = text
  box.toggleAttribute("data-alarm", Boolean(alarm))
  if (kind && kind !== newKind) box.querySelector("[data-say]").textContent = text // told aloud only when something else is true
  kind = newKind
}

const where = () => (mirrored === words() ? "kept in this browser" : "not kept yet")

function mirror() {
  const typed = words()
  if (typed === shown || typed === mirrored) return
  if (mirrors.put(user, article, keyField.value, typed)) mirrored = typed
}

let waiting
function noticed() {
  lastTyped = Date.now()
  firstUnkept ||= lastTyped
  clearTimeout(waiting)
  waiting = setTimeout(mirror, MIRROR_AFTER)
}

const token = () => form.elements.csrfmiddlewaretoken.value

const post = (body, options = {}) =>
  fetch(address, {
    method: "POST",
    body,
    redirect: "manual",
    headers: { "X-CSRFToken": token(), "Content-Type": "application/x-www-form-urlencoded" },
    ...options,
  })

// Who signed in again in another window has another token by now; it is the same person, or nothing is sent.
async function renew() {
  const answer = await fetch(address, { redirect: "manual" })
  if (!answer.ok) return answer.status === 401 ? 401 : 0
  const { token, user: person } = await answer.json()
  if (String(person) !== user) return 401
  for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = token
  return 200
}

const isData = (answer) => (answer.headers.get("Content-Type") ?? "").startsWith("application/json")

async function send(body) {
  let answer = await post(body)
  if (answer.status === 403 && !isData(answer)) {
    const renewed = await renew()
    if (renewed === 401) return { status: 401 }
    if (renewed === 200) answer = await post(body)
  }
  if (answer.type === "opaqueredirect") return { status: 401 }
  return { status: answer.status, told: isData(answer) ? await answer.json() : {} }
}

async function call() {
  const typed = words()
  const fresh = typed !== shown
  const body = fresh ? typed : new URLSearchParams({ key: keyField.value, version: form.elements.version.value }).toString()
  lastCall = Date.now()
  try {
    took(typed, fresh, await send(`${body}&_as=${user}${document.hidden ? HIDDEN : ""}`))
  } catch {
    later("No connection")
  }
}

function took(typed, fresh, { status, told }) {
  if (status === 200 && told.was_saved) return asAnotherForm()
  if (status === 200) {
    failures = nextTry = 0
    refused = ""
    if (fresh) kept(typed, told.kept)
    else if (kind !== "kept") state("here", "")
    if (told.here !== undefined) company(told)
  } else if (status === 401) later("You are signed out. Sign in in another window and go on writing here")
  else if (status >= 400 && status < 500) {
    refused = told?.error ?? "The newsroom did not understand this form."
    state("refused", `Not kept: ${refused}`, true)
    nextTry = Date.now() + LONGEST_WAIT
  } else later("The newsroom does not answer")
}

function kept(typed, at) {
  shown = typed
  firstUnkept = isNew() ? Date.now() : 0
  if (!firstUnkept) {
    mirrors.drop(user, article, keyField.value)
    mirrored = ""
  }
  state("kept", `Kept ${at}`)
}

function later(why) {
  failures += 1
  nextTry = Date.now() + Math.min(LONGEST_WAIT, 2_000 * 2 ** failures)
  mirror()
  if (isNew()) state(why, `${why}: ${where()}`, mirrored !== words())
  else state(why, `${why}.`)
}

// This form was saved already, and its page came back (the browser's Back): what is typed now is another one.
function asAnotherForm() {
  mirrors.drop(user, article, keyField.value)
  keyField.value = newKey()
  mirrored = ""
  noticed()
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")
}

function tick() {
  if (leaving || calling || Date.now() < nextTry) return
  const at = Date.now()
  if (isNew()) firstUnkept ||= at
  const due = firstUnkept && isNew() && (at - lastTyped >= AFTER_TYPING || at - firstUnkept >= WHILE_TYPING)
  if (due || at - lastCall >= BEAT) calling = call().finally(() => (calling = null))
}

// Others

const line = (name) => document.querySelector(`#desk-company [data-told=${name}]`)

function tell(name, text, inside = line(name)) {
  if (!inside || inside.textContent === text) return
  inside.textContent = text
}

function company({ here, elsewhere, newer, may_take_over }) {
  for (const [name, text] of Object.entries({ here, elsewhere: elsewhere || (windows.size ? ELSEWHERE : "") })) {
    tell(name, text)
    if (line(name)) line(name).hidden = !text
  }
  const note = line("newer")
  if (note) {
    note.hidden = !newer
    tell("newer", newer?.words ?? "", note.querySelector("span"))
    note.querySelector("a").href = newer?.address ?? ""
  }
  const take = document.getElementById("desk-take-over")
  if (take) take.hidden = !may_take_over
}

const ELSEWHERE = "You have this article open in another tab too. Both are kept; what you save in one, the other will put together."
const windows = new Set()

function otherTabs() {
  if (article === "new" || !("BroadcastChannel" in window)) return
  const channel = new BroadcastChannel(`desk-article:${user}:${article}`)
  const say = (what) => channel.postMessage({ what, key: keyField.value })
  channel.onmessage = ({ data }) => {
    if (data.what === "gone") windows.delete(data.key)
    else windows.add(data.key)
    if (data.what === "open") say("here")
    tell("elsewhere", windows.size ? ELSEWHERE : "")
    if (line("elsewhere")) line("elsewhere").hidden = !windows.size
  }
  say("open")
  addEventListener("pagehide", () => say("gone"))
  addEventListener("pageshow", (event) => event.persisted && say("open"))
}

document.getElementById("desk-take-over")?.addEventListener("submit", async (event) => {
  event.preventDefault() // the page stays, with what stands in it
  const fields = new URLSearchParams(new FormData(event.target))
  fields.set("key", keyField.value)
  await fetch(event.target.action, { method: "POST", body: fields, redirect: "manual" }).catch(() => null)
  await calling // it may have been answered before
  calling = call().finally(() => (calling = null))
})

// Words that an earlier page could not send go to the newsroom first, and are offered from there.
let bringing = Promise.resolve()
document.getElementById("desk-offers")?.addEventListener("click", async (event) => {
  const link = event.target.closest("a[href*='take=']")
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault() // what the newsroom does not have yet could not be taken up
  await Promise.race([bringing, new Promise((done) => setTimeout(done, 5_000))])
  location.assign(link.href)
})

async function bringOld() {
  let brought = false
  for (const old of mirrors.left(user, article, keyField.value)) {
    const answer = await send(`${old.words}&_as=${user}&_late=1`).catch(() => null)
    if (answer?.status !== 200) continue
    mirrors.drop(user, article, old.key)
    brought ||= !answer.told.was_saved
  }
  if (!brought) return
  const asked = new URLSearchParams({ key: keyField.value, ...(article === "new" ? {} : { article }) })
  const answer = await fetch(`${notice}?${asked}`).catch(() => null)
  if (answer?.ok) document.getElementById("desk-offers").innerHTML = await answer.text()
}

function flush(further = "") {
  if (leaving) return
  mirror()
  const typed = words()
  const fresh = typed !== shown
  const body = fresh && typed.length < KEEPALIVE ? typed : new URLSearchParams({ key: keyField.value, version: form.elements.version.value })
  if (!fresh && !further) return
  post(`${body}&_as=${user}${further}`, { keepalive: true })
    .then(async (answer) => {
      if (answer.ok && fresh && typed.length < KEEPALIVE) {
        const told = await answer.json()
        if (told.kept && !told.was_saved) kept(typed, told.kept)
      }
    })
    .catch(() => {}) // this browser holds them
}

function isLost() {
  if (leaving) return false
  const files = [...form.querySelectorAll("input[type=file]")].some((field) => field.files.length)
  return files || (isNew() && (refused || mirrored !== words()))
}

function start() {
  shown = box.hasAttribute("data-unsaved") ? "" : words()
  if (!shown) noticed()
  form.addEventListener("input", noticed)
  form.addEventListener("change", noticed)
  window.django?.jQuery?.(form).on("change", noticed) // select2 tells jQuery alone
  form.addEventListener("submit", async (event) => {
    mirror()
    if (calling) {
      // A call on its way would come after the save: let it end first.
      event.preventDefault()
      const button = event.submitter
      await Promise.race([calling, new Promise((done) => setTimeout(done, 3_000))])
      calling = null
      form.requestSubmit(button)
      return
    }
    leaving = true
    setTimeout(() => (leaving = false), 10_000) // the answer did not come: go on keeping
  })
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") flush(HIDDEN)
    else lastCall = nextTry = 0
  })
  addEventListener("pagehide", () => flush("&_leave=1"))
  addEventListener("pageshow", (event) => {
    if (event.persisted) leaving = false
    lastCall = 0
  })
  addEventListener("online", () => (nextTry = lastCall = 0))
  addEventListener("offline", () => later("No connection"))
  addEventListener("beforeunload", (event) => {
    mirror()
    if (isLost()) event.preventDefault()
  })
  otherTabs()
  mirrors.forget(box.dataset.saved.split(" "))
  bringing = bringOld()
  setInterval(tick, 1_000)
  tick()
}

// The text editor and the date fields arrange their fields first.
if (form && keyField) setTimeout(start, 0)
