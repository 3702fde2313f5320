// A picture's own form: the focal point by a click, the crops that follow it.

import { follow } from "./desk-crops.js"
import { focus } from "./desk-picture.js"

const view = document.querySelector(".desk-focus:not([data-facts])")
const crops = document.querySelector(".desk-crops")
const [x, y] = ["id_focal_x", "id_focal_y"].map((id) => document.getElementById(id))
if (view && x && y) focus(view, x, y)
if (view && crops && x && y) follow(crops, x, y, view.querySelector("img").src)
