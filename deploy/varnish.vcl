vcl 4.1;

# Varnish in front of Newsroom, with the module xkey (Debian: varnish and varnish-modules). docs/cdn.md tells how to use it.
# Put your own values where it says CHANGE.

import std;
import xkey;

backend site {
    .host = "127.0.0.1";  # CHANGE: gunicorn, or the web server before it
    .port = "8000";
    .first_byte_timeout = 60s;
}

acl workers {  # CHANGE: the hosts on which Newsroom's worker runs
    "127.0.0.1";
    "::1";
}

sub vcl_recv {
    if (req.method == "PURGE") {
        # CHANGE: the same value as CDN_PURGE_TOKEN
        if (client.ip !~ workers || req.http.Authorization != "Bearer CHANGE-purge-token") {
            return (synth(403, "Not allowed"));
        }
        if (!req.http.Surrogate-Key) {
            return (synth(400, "No names"));
        }
        set req.http.X-Purged = xkey.purge(req.http.Surrogate-Key);
        return (synth(200, "Purged"));
    }

    # What only we may say.
    unset req.http.X-Newsroom-CDN;
    # The site reads cookies in the desk only, and a page with a query string is made for each reader.
    if (req.url !~ "^/admin/" && (req.method == "GET" || req.method == "HEAD") && req.url !~ "\?") {
        unset req.http.Cookie;
        # CHANGE: the same value as CDN_SECRET
        set req.http.X-Newsroom-CDN = "CHANGE-cdn-secret";
    }
}

sub vcl_backend_response {
    # A page is kept only where the site says for how long, and never served beyond that or after a purge.
    set beresp.grace = 0s;
    set beresp.keep = 0s;
    if (beresp.http.Surrogate-Control ~ "^max-age=[0-9]+$") {
        set beresp.ttl = std.duration(regsub(beresp.http.Surrogate-Control, "^max-age=", "") + "s", 0s);
        set beresp.http.xkey = beresp.http.Surrogate-Key;
        return (deliver);
    }
    if (beresp.http.Surrogate-Control || beresp.http.Cache-Control !~ "immutable") {
        set beresp.ttl = 120s;  # for which readers of this page do not wait for each other; one that may be kept ends it
        set beresp.uncacheable = true;
        return (deliver);
    }
    # Style sheets, scripts and fonts have a fingerprint in their names: their own Cache-Control holds.
}

sub vcl_deliver {
    unset resp.http.Surrogate-Key;
    unset resp.http.Surrogate-Control;
    unset resp.http.xkey;
    # Counted from when Varnish got the page; readers ask each time, so it would only puzzle their caches.
    unset resp.http.Age;
    unset resp.http.X-Varnish;
    unset resp.http.Via;
}

sub vcl_synth {
    if (req.method == "PURGE") {
        set resp.http.Content-Type = "text/plain";
        set resp.body = resp.reason + {"
"};
        return (deliver);
    }
}
