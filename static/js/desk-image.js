// A picture's own form: the focal point by a click.

import { focus } from "./desk-picture.js"

const view = document.querySelector(".desk-focus:not([data-facts])")
const [x, y] = ["id_focal_x", "id_focal_y"].map((id) => document.getElementById(id))
if (view && x && y) focus(view, x, y)
