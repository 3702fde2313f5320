// Where writing goes on after a picture or a player was put in: in a line under it. The editor would leave the new thing
// itself selected, and the next word typed, or the next picture, would take its place.

const THINGS = new Set(["image", "embed"])

function count(doc) {
  let found = 0
  doc.descendants((node) => void (found += THINGS.has(node.type.name)))
  return found
}

// The end of the outermost figure that the selected thing stands in.
function endOf({ $from, to }) {
  for (let depth = 1; depth <= $from.depth; depth += 1) {
    if ($from.node(depth).type.name === "figure") return $from.after(depth)
  }
  return to
}

export function goOnUnder({ editor, transaction }) {
  const { selection, doc } = editor.state
  if (!THINGS.has(selection.node?.type.name) || transaction.getMeta("history$")) return
  if (!transaction.docChanged || count(doc) <= count(transaction.before)) return
  const end = endOf(selection)
  const line = editor.chain()
  if (!doc.resolve(end).nodeAfter?.isTextblock) line.insertContentAt(end, { type: "paragraph" })
  line.setTextSelection(end + 1).run()
}
