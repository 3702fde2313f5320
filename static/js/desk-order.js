// Bylines in order: buttons that move a row up or down and number the rows anew. The numbers are what is saved.

const group = document.getElementById("bylines-group")

const rows = () => [...group.querySelectorAll("tr.form-row:not(.empty-form)")]
const positionOf = (row) => row.querySelector("input[name$=-position]")

function number() {
  rows().forEach((row, index) => {
    if (positionOf(row)) positionOf(row).value = index + 1
  })
}

function move(row, step) {
  const all = rows()
  const other = all[all.indexOf(row) + step]
  if (!other) return
  if (step < 0) other.before(row)
  else other.after(row)
  number()
}

function dress(row) {
  const input = positionOf(row)
  if (!input || row.querySelector(".desk-move")) return
  const buttons = [
    ["Up", -1],
    ["Down", 1],
  ].map(([label, step]) => {
    const button = document.createElement("button")
    button.type = "button"
    button.className = "desk-move"
    button.textContent = label
    button.addEventListener("click", () => {
      move(row, step)
      button.focus()
    })
    return button
  })
  input.after(...buttons)
}

if (group) {
  for (const row of rows()) dress(row)
  document.addEventListener("formset:added", (event) => {
    if (event.detail?.formsetName !== "bylines") return
    dress(event.target)
    number()
  })
}
