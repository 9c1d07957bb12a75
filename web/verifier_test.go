package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"aiqyn/ledger"
)

// witnessedReceipt is a receipt of a log with one witness, with the key and the
// policy that go with it.
func witnessedReceipt(t *testing.T) (receipt, key, policy string) {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	skey, vkey, err := ledger.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{1}, 32)), "log.example/almaty")
	check(err)
	wkey, witness, err := ledger.GenerateCosignerKey(bytes.NewReader(bytes.Repeat([]byte{2}, 32)), "witness.example")
	check(err)
	signer, err := ledger.NewSigner(skey)
	check(err)
	cosigner, err := ledger.NewCosigner(wkey, func() time.Time { return now })
	check(err)
	tree, err := ledger.NewTree(0, nil)
	check(err)
	e := ledger.Entry{Salts: ledger.DeriveSalts([32]byte{3})}
	private := []byte(`{"applicant":"Сәуле"}`)
	e.Fields[ledger.FieldKind], e.Fields[ledger.FieldService], e.Fields[ledger.FieldTime] = "granted", "energy.connection", "2026-11-23T05:15:00.000000Z"
	e.Fields[ledger.FieldPrivate] = ledger.PrivateHash(private)
	tree.Append(ledger.LeafHash(e.Commitment()))
	tree.Append(ledger.LeafHash(ledger.Hash{9}))
	checkpoint, err := ledger.SignCheckpoint(ledger.Checkpoint{Origin: signer.Name(), Size: 2, Root: tree.Root()}, signer, cosigner)
	check(err)
	proof, err := ledger.InclusionProof(0, 2, tree)
	check(err)
	policy = fmt.Sprintf("log %s\nwitness w %s\nquorum w\n", vkey, witness)
	return string(ledger.NewReceipt(e, private, 0, proof, checkpoint).MarshalCanonical()), vkey, policy
}

// TestVerifierInTheBrowser: the verifier is loaded when it is asked for and not
// before, tells a good receipt from an altered one, says how strongly, and does
// not run when it is another program than the page names.
func TestVerifierInTheBrowser(t *testing.T) {
	ctx := browser(t, 2*time.Minute)
	server := httptest.NewServer(newServer(t, newFake(t), nil))
	defer server.Close()
	receipt, key, policy := witnessedReceipt(t)
	open := func(lang string) {
		t.Helper()
		err := chromedp.Do(ctx, as("", server.URL), chromedp.Navigate(server.URL+"/"+lang+"/verify"), chromedp.WaitVisible(chromedp.CSS(`#browser-verify`)))
		if err != nil {
			t.Fatal(err)
		}
		run(t, ctx, `document.getElementById('verifier-key').value = %s; document.getElementById('verifier-policy').value = %s`, key, policy)
	}
	loaded := func() bool {
		return must(t, ctx, chromedp.Evaluate[bool](`performance.getEntriesByType('resource').some(e => e.name.endsWith('.wasm'))`))
	}
	result := func(receipt string) string {
		t.Helper()
		run(t, ctx, `document.getElementById('receipt').value = %s; document.getElementById('browser-result').replaceChildren()`, receipt)
		if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(`#browser-verify`)), chromedp.WaitVisible(chromedp.CSS(`#browser-result .panel--good, #browser-result .panel--bad`))); err != nil {
			t.Fatal(err)
		}
		return must(t, ctx, chromedp.Evaluate[string](`document.getElementById('browser-result').innerText`))
	}
	open("en")
	if loaded() {
		t.Error("the verifier is loaded before anybody asked for it")
	}
	good := result(receipt)
	for _, want := range []string{"The receipt holds", "Witnessed: signed by log.example/almaty", "Entry 0 of a ledger of 2", "witness.example"} {
		if !strings.Contains(good, want) {
			t.Errorf("of a good receipt it does not say %q:\n%s", want, good)
		}
	}
	if !loaded() {
		t.Error("the verifier was never loaded: who has answered?")
	}
	for what, altered := range map[string]struct{ receipt, says string }{
		"a field":          {strings.Replace(receipt, `"granted"`, `"refused"`, 1), "no such entry"},
		"the private part": {strings.Replace(receipt, "Сәуле", "Айгүл", 1), "personal details"},
		"a space":          {strings.Replace(receipt, `{"event"`, `{ "event"`, 1), "at byte 1"},
		"nothing at all":   {"", "Choose a receipt file"},
	} {
		if got := result(altered.receipt); !strings.Contains(got, altered.says) || strings.Contains(got, "receipt holds") {
			t.Errorf("%s was altered: %s", what, got)
		}
	}
	run(t, ctx, `document.getElementById('verifier-policy').value = ''%.0s%.0s`, "", "")
	if got := result(receipt); !strings.Contains(got, "not one that you trust") {
		t.Errorf("without its witness in the policy: %s", got)
	}
	open("kk")
	if got := result(strings.Replace(receipt, `"granted"`, `"refused"`, 1)); !strings.Contains(got, "мұндай жазба журналда жоқ") {
		t.Errorf("in Kazakh: %s", got)
	}
	open("ru")
	run(t, ctx, `document.querySelector('[data-verifier]').dataset.hash = %s%.0s`, strings.Repeat("0", 64), "")
	if got := result(receipt); !strings.Contains(got, "контрольная сумма другая") {
		t.Errorf("of another program: %s", got)
	}
}

// run evaluates a script into which texts are put as they are.
func run(t *testing.T, ctx context.Context, script string, texts ...string) {
	t.Helper()
	quoted := make([]any, len(texts))
	for i, text := range texts {
		b, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		quoted[i] = string(b)
	}
	must(t, ctx, chromedp.Evaluate[any](`(() => { `+fmt.Sprintf(script, quoted...)+`; return true })()`))
}

// The checksum is on the page, in the file that it names, and in the log.
func TestTheVerifierIsTheOneThatTheLogNames(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	page := ask(s, "", "/en/verify", nil).Body.String()
	if !strings.Contains(page, s.assets.VerifierHash) || !strings.Contains(page, "not written in the ledger yet") {
		t.Error("the page does not say which program it has, and that the log does not name it")
	}
	f.verifier = s.assets.VerifierHash
	if page := ask(s, "", "/en/verify", nil).Body.String(); !strings.Contains(page, "This checksum is written in the ledger") {
		t.Error("the page does not say that the log names its program")
	}
	for _, path := range []string{"/en/verify", "/en/ledger", "/en/"} {
		csp := ask(s, "", path, nil).Header().Get("Content-Security-Policy")
		if got := strings.Contains(csp, "'wasm-unsafe-eval'"); got != (path == "/en/verify") || strings.Contains(csp, "'unsafe-eval'") {
			t.Errorf("%s: %s", path, csp)
		}
	}
}
