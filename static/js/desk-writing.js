// Beside the text that is being written: how long it is, and what is still to do before it goes out.
// The server says both when the page is made; this keeps them up with what is typed.

const READ_A_MINUTE = 230 // as articles/writing.py has it
const field = document.getElementById("id_body")
const form = field?.form
const checks = document.getElementById("desk-checks")

function later(deed, pause) {
  let waiting
  return () => {
    clearTimeout(waiting)
    waiting = setTimeout(deed, pause)
  }
}

function length(html) {
  const page = document.createElement("template")
  const notes = html.replace(/<span class="footnote">([^]*?)<\/span>/g, " [$1]")
  page.innerHTML = notes.replace(/<\/(?:p|h[2-4]|li|blockquote|figcaption|tr|t[dh]|pre|figure|aside)>|<br ?\/?>/gi, " $&")
  const text = page.content.textContent.split(/\s+/).filter(Boolean)
  if (!text.length) return "No words yet"
  const number = (count, name) => `${count.toLocaleString("en")} ${name}${count === 1 ? "" : "s"}`
  const characters = [...text.join(" ")].length
  const minutes = Math.max(1, Math.round(text.length / READ_A_MINUTE))
  return `${number(text.length, "word")}, ${number(characters, "character")}, about ${minutes} min to read`
}

const told = document.getElementById("id_body_helptext")
if (field && told) {
  const line = told.firstElementChild ?? told
  line.setAttribute("aria-live", "polite")
  field.addEventListener("input", later(() => (line.textContent = length(field.value)), 800))
}

function typed() {
  const data = new FormData(form)
  const sent = new URLSearchParams({ article: checks.dataset.article })
  for (const [name, value] of data) {
    if (typeof value === "string") sent.append(name, value)
    else if (value.size) sent.append(name, value.name) // that there is a picture is enough
  }
  return sent
}

if (form && checks) {
  const found = checks.querySelector(".desk-found")
  let asking
  const look = async () => {
    asking?.abort()
    asking = new AbortController()
    try {
      const answer = await fetch(checks.dataset.address, { method: "POST", body: typed(), signal: asking.signal })
      if (!answer.ok || !answer.headers.get("content-type")?.startsWith("text/html") || answer.redirected) return
      const before = found.querySelector(".desk-checks-sum")?.textContent
      const html = await answer.text()
      const page = new DOMParser().parseFromString(html, "text/html")
      found.replaceChildren(...page.body.childNodes)
      const sum = found.querySelector(".desk-checks-sum")?.textContent
      if (sum !== before) spoken.textContent = sum
    } catch {
      // the network is away, or something newer was typed: what stands there stays
    }
  }
  const spoken = document.createElement("p")
  spoken.className = "visually-hidden"
  spoken.setAttribute("role", "status")
  checks.append(spoken)
  form.addEventListener("input", later(look, 1500))
  form.addEventListener("change", later(look, 1500))

  // The text is written in the editor, not in the textarea that an address on this page leads to.
  checks.addEventListener("click", (event) => {
    const link = event.target.closest('a[href="#id_body"]')
    if (!link || !field.deskEditor) return
    event.preventDefault()
    field.deskEditor.commands.focus()
  })
}
