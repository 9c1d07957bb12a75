package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/evidence"
	"aiqyn/ledger"
	"aiqyn/locale"
	"aiqyn/signature"
	printed "aiqyn/web/paper"
)

const verifyUsage = `usage: aiqyn verify RECEIPT… --key FILE [--policy FILE] [--log DIR] [--trust DIR] [--json]

Checks receipts with nothing but the files named: no network, no server. Says
of each what it proves: which entry of which log it is, what happened, when it
was recorded, and how strongly that is proven. A PDF that was given out holds its
receipt, and an archive of evidence (ZIP) all those of a case: each is checked.

  recorded   the keeper of the log has signed that it holds the entry
  witnessed  and enough independent witnesses had seen the log by then: nobody
             can be shown another history

The key and the policy must come from somewhere else than the receipt: from the
state's gazette, a newspaper, a friend. A receipt that carries signatures of
witnesses needs the policy that lists them; a signature by anybody who is not
listed is refused.

Receipts that different people were given are worth checking together: if the
log has shown them two histories, two of its signed states contradict each other.
A receipt of an electronic signature holds the document and the signature. With
--trust it is verified by the authorities of that folder (roots/, between/, crl/).

With --log, each is also held against a copy of the log's public files, which
must have gone through that very state.
`

func verifyCommand(c *call) error {
	keyFile := c.flags.String("key", "", "public key of the log in `FILE`")
	policyFile := c.flags.String("policy", "", "`FILE` that says which witnesses suffice (c2sp.org/tlog-policy)")
	logDir := c.flags.String("log", "", "`DIR` with a copy of the log's public files (published/log)")
	trustDir := c.flags.String("trust", "", "`DIR` with the authorities that electronic signatures are believed by")
	asJSON := c.flags.Bool("json", false, "print JSON")
	files, err := c.words(1, -1)
	if err != nil {
		return err
	}
	if err := c.required("key"); err != nil {
		return err
	}
	verifier, err := openVerifier(*keyFile, *policyFile)
	if err != nil {
		return err
	}
	var shown histories
	if *logDir != "" {
		key, err := readVerifierKey(*keyFile)
		if err != nil {
			return err
		}
		if shown.log, err = openPublishedLog(*logDir, key); err != nil {
			return err
		}
	}
	var trust *signature.Trust
	if *trustDir != "" {
		if trust, err = readTrust(*trustDir, signature.Policy{}); err != nil {
			return err
		}
	}
	check := &checking{call: c, verifier: verifier, trust: trust, shown: &shown, quiet: *asJSON}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return aiqyn.E(aiqyn.Invalid, "error.command-file", "file", file).Because(err)
		}
		check.file(file, data)
	}
	out := check.out
	if !*asJSON && out.Checked > 1 {
		c.say("verify.sum", "held", out.Checked-int64(len(out.Problems)), "all", out.Checked)
	}
	return c.give(out, *asJSON)
}

func openVerifier(keyFile, policyFile string) (*ledger.Verifier, error) {
	key, err := readVerifierKey(keyFile)
	if err != nil {
		return nil, err
	}
	policy, err := readPolicy(policyFile)
	if err != nil {
		return nil, err
	}
	return ledger.NewVerifier([]note.Verifier{key}, policy)
}

// checking holds one receipt after another.
type checking struct {
	*call
	verifier *ledger.Verifier
	trust    *signature.Trust
	shown    *histories
	quiet    bool // JSON is printed at the end
	out      report
}

// file checks every receipt in a file: one, the one inside a PDF, or all of an
// archive of evidence.
func (c *checking) file(name string, data []byte) {
	switch {
	case printed.IsPDF(data):
		receipt, err := printed.Receipt(data)
		if err != nil {
			c.wrong(name, err)
			return
		}
		c.receipt(name, receipt)
	case evidence.IsArchive(data):
		opened, err := evidence.OpenArchive(data)
		if err != nil {
			c.wrong(name, err)
			return
		}
		c.archive(name, &opened)
	default:
		c.receipt(name, data)
	}
}

// archive checks the proofs of one case: each is of the entry and the event that
// the manifest says, and together they are the case from its filing on, without a
// gap. Whether it has gone on since, only the log can tell.
func (c *checking) archive(name string, opened *evidence.Opened) {
	tag, reads := "", newReadings(opened.Documents)
	for i, p := range opened.Pieces {
		at := name + "/" + p.Name()
		receipt, verdict := c.receipt(at, p.Data)
		if receipt == nil {
			continue // said already
		}
		f := &receipt.Event
		if i == 0 {
			tag = f[ledger.FieldCase]
		}
		switch {
		case verdict.Index != p.Entry || f[ledger.FieldKind] != p.Event:
			c.out.add(at, c.why(aiqyn.E(aiqyn.Invalid, "error.archive-file", "name", p.Name())))
		case f[ledger.FieldCase] != tag || f[ledger.FieldSeq] != strconv.Itoa(i+1):
			c.out.add(at, c.why(aiqyn.E(aiqyn.Invalid, "error.archive-case")))
		default:
			reads.take(verdict.Index, receipt)
		}
	}
	reads.end(func(what string) {
		c.out.add(name+"/"+what, c.why(aiqyn.E(aiqyn.Invalid, "error.archive-document", "name", what)))
	})
}

func (c *checking) wrong(name string, err error) {
	c.out.Checked++
	c.out.add(name, c.why(err))
}

// receipt checks one; nil where it does not hold, which is said.
func (c *checking) receipt(name string, data []byte) (*ledger.Receipt, ledger.Verdict) {
	receipt, verdict, err := checkReceipt(c.verifier, data)
	if err == nil {
		err = c.shown.add(name, verdict)
	}
	var by *signature.Signer
	if err == nil {
		by, err = signerOf(receipt, c.trust)
	}
	if err != nil {
		c.wrong(name, err)
		return nil, verdict
	}
	c.out.Checked++
	if !c.quiet {
		c.explain(name, receipt, verdict, by)
	}
	return receipt, verdict
}

func checkReceipt(v *ledger.Verifier, data []byte) (*ledger.Receipt, ledger.Verdict, error) {
	r, err := ledger.ParseReceipt(data)
	if err != nil {
		return nil, ledger.Verdict{}, err
	}
	verdict, err := v.Verify(r)
	return r, verdict, err
}

// explain says what a receipt proves.
func (c *call) explain(file string, r *ledger.Receipt, v ledger.Verdict, by *signature.Signer) {
	fmt.Fprintln(c.stdout, file)
	line := func(key string, args ...any) { fmt.Fprintln(c.stdout, "  "+c.text(key, args...)) }
	kind := r.Event[ledger.FieldKind]
	what := kind
	if c.texts.Has("event." + kind) {
		what = c.text("event." + kind)
	}
	line("verify.event", "event", what, "kind", kind)
	if service := r.Event[ledger.FieldService]; service != "" {
		line("verify.service", "service", service, "step", or(r.Event[ledger.FieldStep], "–"), "case", r.Event[ledger.FieldCase])
	}
	if at, err := time.Parse(time.RFC3339Nano, r.Event[ledger.FieldTime]); err == nil {
		line("verify.when", "at", locale.DateTime(c.lang, at))
	}
	line("verify.entry", "index", v.Index, "size", v.Size, "origin", v.Origin)
	if v.Level == ledger.Witnessed {
		line("verify.witnessed", "at", locale.DateTime(c.lang, v.WitnessedAt), "names", strings.Join(v.Witnesses, ", "))
	} else {
		line("verify.recorded", "origin", v.Origin)
	}
	if strings.HasPrefix(v.Origin, practiceName) {
		line("verify.practice")
	}
	if by != nil {
		line("verify.signed", "who", by.Name, "at", locale.DateTime(c.lang, by.At), "issuer", by.Issuer)
	}
	if by != nil && by.Practice {
		line("verify.signed-practice")
	}
	if r.Private == nil && r.Event[ledger.FieldPrivate] != "" {
		line("verify.withheld")
	}
	fmt.Fprintln(c.stdout)
}

// signerOf verifies the electronic signature that a receipt holds, if it holds
// one and it was said whom to believe.
func signerOf(r *ledger.Receipt, trust *signature.Trust) (*signature.Signer, error) {
	if trust == nil || r.Event[ledger.FieldKind] != string(casework.EventSigned) || r.Private == nil {
		return nil, nil
	}
	by, _, err := casework.CheckSigned(r.Private, trust)
	return by, err
}

// or is a, or b where there is none.
func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
