package ledger

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"aiqyn"
)

func vkeyOf(name string, b byte) string { return cosigner(name, b, 0).String() }

// policyText is the example of the specification, with comments and URLs.
func policyText() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# who may vouch for %s\nlog %s https://log.example/\n\n", origin, logSigner(origin, 1))
	for i, name := range []string{"X1", "X2", "X3", "Y1", "Y2", "Y3"} {
		fmt.Fprintf(&b, "\twitness  %s %s", name, vkeyOf(strings.ToLower(name)+".example", byte(10+i)))
		if i%2 == 0 {
			fmt.Fprintf(&b, " https://%s.example/", name)
		}
		b.WriteString(" \n")
	}
	b.WriteString("group X-witnesses 2 X1 X2 X3\n  # of another city\ngroup Y-witnesses any Y1 Y2 Y3\n")
	b.WriteString("group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n")
	return b.String()
}

func signaturesBy(p *Policy, names ...string) []Signature {
	var sigs []Signature
	for _, w := range p.Witnesses {
		for _, name := range names {
			if w.Name == name {
				sigs = append(sigs, Signature{Name: w.Key.Name(), KeyHash: w.Key.KeyHash()})
			}
		}
	}
	return sigs
}

func TestPolicyQuorum(t *testing.T) {
	p, err := ParsePolicy([]byte(policyText()))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Logs) != 1 || len(p.Witnesses) != 6 || p.Witnesses[2].URL != "https://X3.example/" || p.Witnesses[1].URL != "" {
		t.Errorf("read %+v", p)
	}
	for _, c := range []struct {
		names string
		want  bool
	}{
		{"", false}, {"X1", false}, {"X1 X2", false}, {"X1 Y1", false}, {"Y1 Y2 Y3", false},
		{"X1 X2 Y1", true}, {"X1 X3 Y3", true}, {"X1 X2 X3 Y1 Y2 Y3", true}, {"X1 X2 X3", false},
	} {
		if got := p.Satisfied(signaturesBy(p, strings.Fields(c.names)...)); got != c.want {
			t.Errorf("signed by %q: %v, want %v", c.names, got, c.want)
		}
	}
	forged := signaturesBy(p, "X1", "X2", "Y1")
	forged[0].KeyHash++
	if p.Satisfied(forged) {
		t.Error("a key of the same name counts")
	}
	back, err := ParsePolicy([]byte(p.String()))
	if err != nil || back.String() != p.String() {
		t.Errorf("written policy reads differently: %v", err)
	}
}

func TestPolicyNone(t *testing.T) {
	p, err := ParsePolicy([]byte("quorum none\n"))
	if err != nil {
		t.Fatal(err)
	}
	if p.NeedsWitnesses() || !p.Satisfied(nil) || p.String() != "quorum none\n" {
		t.Errorf("quorum none: %+v", p)
	}
	one := must(ParsePolicy([]byte("witness W " + vkeyOf("w", 1) + "\nquorum W\n")))
	if one.Satisfied(nil) || !one.Satisfied(signaturesBy(one, "W")) {
		t.Error("a single witness is not its own quorum")
	}
}

// TestPolicyLimits takes the size that the specification recommends to support.
func TestPolicyLimits(t *testing.T) {
	var b strings.Builder
	for i := range 32 {
		fmt.Fprintf(&b, "log %s\n", logSigner(fmt.Sprint("log", i), byte(i)))
		fmt.Fprintf(&b, "witness w%d %s\n", i, vkeyOf("w", byte(i)))
		if i == 0 {
			b.WriteString("group g0 1 w0\n")
		} else {
			fmt.Fprintf(&b, "group g%d all g%d w%d\n", i, i-1, i)
		}
	}
	b.WriteString("quorum g31\n")
	p, err := ParsePolicy([]byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	all := make([]string, 32)
	for i := range all {
		all[i] = fmt.Sprint("w", i)
	}
	if p.Satisfied(signaturesBy(p, all[1:]...)) || !p.Satisfied(signaturesBy(p, all...)) {
		t.Error("nested groups count wrong")
	}
}

func TestParsePolicyRefuses(t *testing.T) {
	w1, w2, l1 := "witness W1 "+vkeyOf("w1", 1)+"\n", "witness W2 "+vkeyOf("w2", 2)+"\n", "log "+logSigner("l", 3).String()+"\n"
	end := "quorum none\n"
	for _, c := range []struct {
		what, text string
		line       int
	}{
		{"empty", "", 1},
		{"no quorum", l1 + w1, 3},
		{"two quorums", end + end, 2},
		{"quorum undefined", "quorum W1\n" + w1, 1},
		{"quorum of two", w1 + w2 + "quorum W1 W2\n", 3},
		{"no newline at the end", "quorum none", 1},
		{"carriage return", "quorum none\r\n", 1},
		{"control character", "# a\x00b\n" + end, 1},
		{"delete character", "# a\x7fb\n" + end, 1},
		{"unknown keyword", "wittness W1 x\n" + end, 1},
		{"keyword in capitals", "Quorum none\n", 1},
		{"name taken", w1 + "witness W1 " + vkeyOf("w9", 9) + "\n" + end, 2},
		{"name none", "witness none " + vkeyOf("w1", 1) + "\n" + end, 1},
		{"same key twice", w1 + "witness W9 " + vkeyOf("other", 1) + "\n" + end, 2},
		{"same log twice", l1 + "log " + logSigner("other", 3).String() + "\n" + end, 2},
		{"log's key as witness", "witness W " + logSigner("l", 3).String() + "\n" + end, 1},
		{"witness's key as log", "log " + vkeyOf("w", 1) + "\n" + end, 1},
		{"key cut short", "log " + logSigner("l", 3).String()[:40] + "\n" + end, 1},
		{"too many words", "log " + logSigner("l", 3).String() + " a b\n" + end, 1},
		{"witness without key", "witness W\n" + end, 1},
		{"log without key", "log\n" + end, 1},
		{"group empty", "group G any\n" + end, 1},
		{"group of undefined", "group G any W1\n" + w1 + end, 1},
		{"group of itself", w1 + "group G any W1 G\n" + end, 2},
		{"group of none", "group G any none\n" + end, 1},
		{"member twice", w1 + "group G any W1 W1\n" + end, 2},
		{"member of two groups", w1 + w2 + "group G any W1 W2\ngroup H any W1\n" + end, 4},
		{"threshold 0", w1 + "group G 0 W1\n" + end, 2},
		{"threshold above", w1 + "group G 2 W1\n" + end, 2},
		{"threshold 01", w1 + "group G 01 W1\n" + end, 2},
		{"threshold word", w1 + "group G most W1\n" + end, 2},
		{"no-break space", "quorum\u00a0none\n", 1},
	} {
		p, err := ParsePolicy([]byte(c.text))
		var e *aiqyn.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: read %v, %v", c.what, p, err)
		} else if e.Args["line"] != c.line {
			t.Errorf("%s: error on line %v, want %d: %v", c.what, e.Args["line"], c.line, err)
		}
	}
	if _, err := ParsePolicy(make([]byte, maxPolicy+1)); aiqyn.KindOf(err) != aiqyn.TooLarge {
		t.Errorf("oversize: %v", err)
	}
	if _, err := ParsePolicy([]byte(strings.Repeat("\n", maxPolicyLines+1) + end)); err == nil {
		t.Error("too many lines: accepted")
	}
}

func FuzzParsePolicy(f *testing.F) {
	f.Add([]byte(policyText()))
	f.Add([]byte("quorum none\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ParsePolicy(data)
		if err != nil {
			return
		}
		back, err := ParsePolicy([]byte(p.String()))
		if err != nil || back.String() != p.String() {
			t.Errorf("%q reads differently once written: %v", data, err)
		}
	})
}

// TestPolicyNeeds: the fewest witnesses that can be enough.
func TestPolicyNeeds(t *testing.T) {
	three := "witness A " + vkeyOf("a.example", 1) + "\nwitness B " + vkeyOf("b.example", 2) + "\nwitness C " + vkeyOf("c.example", 3) + "\n"
	for text, want := range map[string]int{
		policyText():                          3, // two of X and one of Y
		three + "quorum none\n":               0,
		three + "quorum B\n":                  1,
		three + "group g 2 A B C\nquorum g\n": 2,
		three + "group g all A B\ngroup h any g C\nquorum h\n":              1,
		three + "group g all A B\ngroup h all g C\nquorum h\n":              3,
		three + "group g any A B\ngroup h any C\ngroup i 2 g h\nquorum i\n": 2,
	} {
		p, err := ParsePolicy([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Needs(); got != want {
			t.Errorf("%d are needed, want %d, of\n%s", got, want, text)
		}
	}
}
