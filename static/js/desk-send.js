// Many pictures at once: each file is posted for itself, with a key of its own and its progress, two at a time. A file that
// did not arrive is sent again with the same key, and is in the library once.

const form = document.querySelector("form[data-send]")
const input = form?.querySelector("input[type=file]")
const drop = form?.querySelector(".desk-drop")
const list = document.querySelector(".desk-lines")
const status = document.querySelector(".desk-sent")
const AT_ONCE = 2
const LOST = "It did not arrive."

const waiting = []
let under_way = 0
let [all, done] = [0, 0]

function made(name, text, parent) {
  const element = document.createElement(name)
  if (text) element.textContent = text
  parent?.append(element)
  return element
}

function key() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}

function add(files) {
  for (const file of files) {
    waiting.push({ file, key: key(), line: made("li", "", list) })
    all += 1
    waitingLine(waiting.at(-1))
  }
  say()
  go()
}

function waitingLine(sending) {
  sending.line.replaceChildren()
  const box = made("div", "", sending.line)
  made("p", sending.file.name, box).className = "desk-line-name"
  sending.progress = made("progress", "", box)
  sending.progress.max = 100
  sending.progress.value = 0
  sending.progress.setAttribute("aria-label", sending.file.name)
}

function say() {
  const refused = list.querySelectorAll(".desk-line-refused").length
  if (done < all) status.textContent = `${done} of ${all} sent`
  else status.textContent = refused ? `All ${all} sent, ${refused} of them refused.` : `All ${all} sent.`
}

function go() {
  while (under_way < AT_ONCE && waiting.length) {
    under_way += 1
    send(waiting.shift()).finally(() => {
      under_way -= 1
      go()
    })
  }
}

function body(sending) {
  const data = new FormData(form)
  data.delete("files")
  data.set("key", sending.key)
  data.set("files", sending.file)
  return data
}

function posted(sending) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    request.open("POST", form.action)
    request.setRequestHeader("Accept", "application/json")
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return
      if (event.loaded < event.total) sending.progress.value = (100 * event.loaded) / event.total
      else sending.progress.removeAttribute("value") // it is there, and being looked at
    })
    request.addEventListener("loadend", () => resolve(request))
    request.send(body(sending))
  })
}

function answer(request) {
  try {
    return request.status === 200 ? JSON.parse(request.responseText) : null
  } catch {
    return null // a page that asks to sign in
  }
}

async function send(sending) {
  const request = await posted(sending)
  const told = answer(request)
  if (!told?.lines?.length) return lost(sending, request.status)
  sending.line.innerHTML = told.lines[0] // our own page's HTML, escaped there
  done += 1
  say()
}

function lost(sending, code) {
  const why = { 0: "The connection broke.", 403: "You may not send pictures, or signed out.", 413: "The file is too large." }
  sending.progress.remove()
  const box = sending.line.firstElementChild
  made("p", `${LOST} ${why[code] ?? ""}`.trim(), box).className = "desk-line-refused"
  const again = made("button", "Send again", box)
  again.className = "desk-button"
  again.type = "button"
  again.addEventListener("click", () => {
    waitingLine(sending)
    waiting.push(sending)
    go()
  })
}

// “Use that one instead” answers in its line, so that the others go on.
async function instead(event) {
  const asked = event.target.closest(".desk-near")
  if (!asked) return
  event.preventDefault()
  const line = asked.closest("li")
  const told = await fetch(asked.action, { method: "POST", body: new FormData(asked), headers: { Accept: "application/json" } })
    .then((response) => (response.ok ? response.json() : null))
    .catch(() => null)
  if (told) line.innerHTML = told.lines[0]
  else made("p", "That did not work. Try again.", line).className = "desk-line-refused"
}

if (form && list) {
  drop.querySelector(".desk-drop-hint").hidden = false
  input.addEventListener("change", () => {
    add(input.files)
    input.value = ""
  })
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    if (input.files.length) add(input.files)
    else input.focus()
  })
  list.addEventListener("submit", instead)
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return
      event.preventDefault() // a file that is dropped beside the box must not open in its place
      drop.classList.toggle("over", kind === "dragover")
      if (kind === "drop") add(event.dataTransfer.files)
    })
  }
  addEventListener("beforeunload", (event) => {
    if (under_way || waiting.length) event.preventDefault()
  })
}
