// The article form: everything here only helps; the form works without it.

import "./desk-picture.js"
import "./desk-tags.js"
import "./desk-order.js"
import "./desk-autosave.js"
