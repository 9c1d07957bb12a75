// Command verifier is the offline verifier of receipts as WebAssembly, for a
// page of a browser: the same code as aiqyn verify, without a network. It gives
// the page one function:
//
//	aiqynVerify(receipt, key, policy) → JSON
//	{"holds":true,"level":"witnessed","index":17,"size":20,"origin":"…","witnesses":["…"],"kind":"granted",…}
//	{"holds":false,"error":"error.receipt-changed","args":{}}
//
// Key is the log's public key, policy a text of c2sp.org/tlog-policy or empty.
// Built for anything else than a browser, it prints the same answer for the
// files of a receipt, a key and a policy.
package main

import (
	"encoding/json"
	"errors"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"aiqyn"
	"aiqyn/ledger"
)

// maxFile is more than a receipt may have: longer ones are refused as too large.
const maxFile = ledger.MaxReceipt + 1

// answer is what the page is told.
type answer struct {
	Holds     bool           `json:"holds"`
	Level     ledger.Level   `json:"level,omitempty"`
	Index     int64          `json:"index"`
	Size      int64          `json:"size"`
	Origin    string         `json:"origin,omitempty"`
	Witnesses []string       `json:"witnesses,omitempty"`
	Kind      string         `json:"kind,omitempty"`
	Service   string         `json:"service,omitempty"`
	Recorded  string         `json:"recorded,omitempty"`
	Error     string         `json:"error,omitempty"`
	Args      map[string]any `json:"args,omitempty"`
}

// verify checks a receipt and says what it proves, as JSON.
func verify(receipt, key, policy string) string {
	out, err := json.Marshal(check(receipt, key, policy))
	if err != nil {
		return `{"holds":false,"error":"error.internal"}`
	}
	return string(out)
}

func check(receipt, key, policy string) answer {
	v, err := verifier(key, policy)
	if err != nil {
		return refused(err)
	}
	r, err := ledger.ParseReceipt([]byte(receipt))
	if err != nil {
		return refused(err)
	}
	d, err := v.Verify(r)
	if err != nil {
		return refused(err)
	}
	return answer{
		Holds: true, Level: d.Level, Index: d.Index, Size: d.Size, Origin: d.Origin, Witnesses: d.Witnesses,
		Kind: r.Event[ledger.FieldKind], Service: r.Event[ledger.FieldService], Recorded: r.Event[ledger.FieldTime],
	}
}

func verifier(key, policy string) (*ledger.Verifier, error) {
	k, err := ledger.ParseKey(strings.TrimSpace(key))
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "web.verify.browser.bad-key").Because(err)
	}
	var p *ledger.Policy
	if strings.TrimSpace(policy) != "" {
		if p, err = ledger.ParsePolicy([]byte(policy)); err != nil {
			return nil, aiqyn.E(aiqyn.Invalid, "web.verify.browser.bad-policy").Because(err)
		}
	}
	return ledger.NewVerifier([]note.Verifier{k}, p)
}

func refused(err error) answer {
	var known *aiqyn.Error
	if !errors.As(err, &known) {
		return answer{Error: "error.internal"}
	}
	return answer{Error: known.Key, Args: known.Args}
}
