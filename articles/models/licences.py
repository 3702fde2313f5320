"""Under which licence a picture may be shown: the usual ones, by the names under which they are printed."""

CC = "https://creativecommons.org"

# Name: the address where its text stands; "" where there is none.
LICENCES = {
    "All rights reserved": "",
    "Agency, within our contract": "",
    "Handout, free for news": "",
    "CC BY 4.0": f"{CC}/licenses/by/4.0/",
    "CC BY-SA 4.0": f"{CC}/licenses/by-sa/4.0/",
    "CC BY-ND 4.0": f"{CC}/licenses/by-nd/4.0/",
    "CC BY-NC 4.0": f"{CC}/licenses/by-nc/4.0/",
    "CC BY-NC-ND 4.0": f"{CC}/licenses/by-nc-nd/4.0/",
    "CC0 1.0": f"{CC}/publicdomain/zero/1.0/",
    "Public domain": f"{CC}/publicdomain/mark/1.0/",
}
