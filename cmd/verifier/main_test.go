package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"aiqyn/ledger"
)

// What the page is told of a receipt, right and altered, and of a key that is none.
func TestAnswers(t *testing.T) {
	skey, vkey, err := ledger.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{1}, 32)), "log.example/almaty")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ledger.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := ledger.NewTree(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	e := ledger.Entry{Salts: ledger.DeriveSalts([32]byte{1})}
	e.Fields[ledger.FieldKind], e.Fields[ledger.FieldService] = "granted", "energy.connection"
	tree.Append(ledger.LeafHash(e.Commitment()))
	checkpoint, err := ledger.SignCheckpoint(ledger.Checkpoint{Origin: signer.Name(), Size: 1, Root: tree.Root()}, signer)
	if err != nil {
		t.Fatal(err)
	}
	receipt := string(ledger.NewReceipt(e, nil, 0, nil, checkpoint).MarshalCanonical())
	for what, c := range map[string]struct{ receipt, key, policy, want string }{
		"good":            {receipt, vkey + "\n", "", `{"holds":true,"level":"recorded","index":0,"size":1,"origin":"log.example/almaty","kind":"granted","service":"energy.connection"}`},
		"altered":         {strings.Replace(receipt, "granted", "refused", 1), vkey, "", `"error":"error.receipt-changed"`},
		"no receipt":      {"{}", vkey, "", `"error":"error.receipt-form"`},
		"too long":        {strings.Repeat(" ", maxFile), vkey, "", `"error":"error.receipt-too-large"`},
		"no key":          {receipt, "key", "", `"error":"web.verify.browser.bad-key"`},
		"no policy":       {receipt, vkey, "quorum nobody", `"error":"web.verify.browser.bad-policy"`},
		"another log's":   {strings.ReplaceAll(receipt, "almaty", "astana"), vkey, "", `"holds":false`},
		"nobody, at last": {"", "", "", `"holds":false`},
	} {
		got := verify(c.receipt, c.key, c.policy)
		if !json.Valid([]byte(got)) || !strings.Contains(got, c.want) {
			t.Errorf("%s: %s, want %s", what, got, c.want)
		}
	}
}
