package public

import (
	"strings"

	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// browserVerifier is the verifier that runs in the visitor's browser, if they
// ask for it.
type browserVerifier struct {
	Hash  string
	Row   ui.Row        // the hash, and what the log says of it
	Texts []browserText // what the script may have to say
}

type browserText struct{ Key, Text string }

// newBrowserVerifier prepares the page for it. The page alone may compile
// WebAssembly.
func newBrowserVerifier(v *visit.Visit) (browserVerifier, error) {
	h := v.W.Header()
	const self = "script-src 'self'"
	h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), self, self+" 'wasm-unsafe-eval'", 1))
	b := browserVerifier{Hash: v.UI.VerifierHash()}
	logged, err := v.Engine.VerifierHash(v.Context())
	if err != nil {
		return b, err
	}
	b.Row = ui.Row{Key: v.T("web.verify.browser.hash"), Value: b.Hash, Note: v.T("web.verify.browser.unlogged")}
	if logged == b.Hash {
		b.Row.Note = v.T("web.verify.browser.logged")
	}
	b.Texts = []browserText{
		{"web.verify.nothing", v.T("web.verify.nothing")}, {"web.verify.holds", v.T("web.verify.holds")}, {"web.verify.fails", v.T("web.verify.fails")},
		{"web.verify.browser.loading", v.T("web.verify.browser.loading")}, {"web.verify.browser.broken", v.T("web.verify.browser.broken")},
		{"web.verify.browser.recorded", v.T("web.verify.browser.recorded", "origin", "{origin}")},
		{"web.verify.browser.witnessed", v.T("web.verify.browser.witnessed", "origin", "{origin}")},
		{"web.verify.browser.entry", v.T("web.verify.browser.entry", "entry", "{entry}", "size", "{size}")},
		{"web.verify.browser.practice", v.T("web.verify.browser.practice")},
		{"web.verify.browser.bad-key", v.T("web.verify.browser.bad-key")}, {"web.verify.browser.bad-policy", v.T("web.verify.browser.bad-policy")},
	}
	for _, key := range receiptFaults {
		b.Texts = append(b.Texts, browserText{key, v.T(key, "limit", "{limit}", "where", "{where}", "byte", "{byte}", "name", "{name}")})
	}
	return b, nil
}

// receiptFaults are what may be wrong with a receipt.
var receiptFaults = []string{
	"error.receipt-too-large", "error.receipt-form", "error.receipt-private", "error.receipt-proof", "error.receipt-changed",
	"error.receipt-signature", "error.receipt-unsigned", "error.internal",
}
