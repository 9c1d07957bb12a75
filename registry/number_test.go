package registry

import (
	"strings"
	"testing"
	"time"

	"aiqyn"
)

func TestParseIIN(t *testing.T) {
	for _, test := range []struct {
		text string
		demo bool
		key  string // of the error; "" if it is a number
	}{
		{"061211600012", false, ""},
		{"900101000906", false, ""}, // needs the second pass
		{"900101750009", true, ""},
		{"990731799995", true, ""},
		{"0612 1160 0012", false, ""},
		{"900101750009", false, "error.iin-wrong"}, // synthetic people exist in demonstrations only
		{"990731799995", false, "error.iin-wrong"},
		{"061211600013", false, "error.iin-wrong"},
		{"061311600012", false, "error.iin-wrong"}, // month 13
		{"060230600012", false, "error.iin-wrong"}, // 30 February
		{"061211900012", true, "error.iin-wrong"},  // no such century
		{"06121160001", false, "error.iin-digits"},
		{"0612116000123", false, "error.iin-digits"},
		{"06121160001x", false, "error.iin-digits"},
		{"٠٦١٢١١٦٠٠٠١٢", false, "error.iin-digits"},
		{"", false, "error.iin-digits"},
	} {
		n, err := ParseIIN(test.text, test.demo)
		expect(t, test.text, err, test.key)
		if err == nil && string(n) != strings.ReplaceAll(test.text, " ", "") {
			t.Errorf("%s reads as %s", test.text, n)
		}
	}
	// No twelfth digit makes 90010100092 a number.
	for digit := range 10 {
		text := "90010100092" + string(rune('0'+digit))
		if _, err := ParseIIN(text, true); err == nil {
			t.Errorf("%s is issued to nobody", text)
		}
	}
}

// TestCheckDigitFindsSlips: of single wrong digits the rule finds nine in ten.
// It cannot find all: a slip may lead to the second pass, which starts afresh.
func TestCheckDigitFindsSlips(t *testing.T) {
	const good = "061211600012"
	slips, passed := 0, 0
	for i := range good {
		for d := '0'; d <= '9'; d++ {
			bad := good[:i] + string(d) + good[i+1:]
			if bad == good {
				continue
			}
			slips++
			if checks(bad) {
				passed++
			}
		}
	}
	if slips != 108 || passed > slips/10 {
		t.Errorf("%d of %d slips pass", passed, slips)
	}
}

func TestBorn(t *testing.T) {
	for text, want := range map[string]string{
		"061211600012": "2006-12-11",
		"900101750009": "1990-01-01",
		"990731799995": "1999-07-31",
		"900101000906": "1990-01-01",
	} {
		n, err := ParseIIN(text, true)
		if err != nil {
			t.Fatal(err)
		}
		if got := n.Born().Format(time.DateOnly); got != want {
			t.Errorf("%s: born %s, want %s", text, got, want)
		}
		if n.Synthetic() != (text[6] == '7' || text[6] == '8') || n.Person() != aiqyn.PersonID(text) {
			t.Errorf("%s: %v %s", text, n.Synthetic(), n.Person())
		}
	}
}

func TestParseBIN(t *testing.T) {
	valid, demo := withCheck(t, "12034000123"), withCheck(t, "26134000777")
	for _, test := range []struct {
		text string
		demo bool
		key  string
	}{
		{valid, false, ""},
		{demo, true, ""},
		{demo, false, "error.bin-wrong"},
		{withCheck(t, "12004000123"), false, "error.bin-wrong"}, // month 0
		{withCheck(t, "12144000123"), true, "error.bin-wrong"},  // month 14
		{withCheck(t, "12033000123"), false, "error.bin-wrong"}, // an IIN's day, not a kind
		{withCheck(t, "12037000123"), false, "error.bin-wrong"},
		{withCheck(t, "12034400123"), false, "error.bin-wrong"}, // no such part
		{valid[:11] + string('0'+(valid[11]-'0'+1)%10), false, "error.bin-wrong"},
		{"1203", false, "error.bin-digits"},
	} {
		n, err := ParseBIN(test.text, test.demo)
		expect(t, test.text, err, test.key)
		if err == nil && n.Synthetic() != (test.text == demo) {
			t.Errorf("%s: synthetic %v", n, n.Synthetic())
		}
	}
}

// withCheck appends the check digit.
func withCheck(t *testing.T, eleven string) string {
	t.Helper()
	for d := '0'; d <= '9'; d++ {
		if n := eleven + string(d); checks(n) {
			return n
		}
	}
	t.Fatalf("%s has no check digit", eleven)
	return ""
}

func TestParseCadastral(t *testing.T) {
	for _, test := range []struct {
		text, want string
		demo       bool
	}{
		{"20-313-012-345", "20-313-012-345", false},
		{"20:313:012:345", "20-313-012-345", false},
		{" 20 313 012 1 ", "20-313-012-1", false},
		{"01-001-001-12345", "01-001-001-12345", false},
		{"99-999-001-0042", "99-999-001-0042", true},
		{"99-999-001-0042", "", false},
		{"99-998-001-0042", "", true},
		{"00-313-012-345", "", true},
		{"20-313-012", "", true},
		{"20-313-012-345-1", "", true},
		{"20-313-012-345678", "", true},
		{"2-313-012-345", "", true},
		{"20-31a-012-345", "", true},
		{"20313012345", "", true},
		{strings.Repeat("-", 50), "", true},
		{"", "", true},
	} {
		n, err := ParseCadastral(test.text, test.demo)
		if string(n) != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%q: got %q, %v", test.text, n, err)
		}
	}
}

func TestParsePhone(t *testing.T) {
	for text, want := range map[string]Phone{
		"+7 701 123 45 67":  "+77011234567",
		"8 (701) 123-45-67": "+77011234567",
		"77011234567":       "+77011234567",
		"7011234567":        "+77011234567",
		"+7 7172 12-34-56":  "+77172123456",
		"+8 701 123 45 67":  "",
		"+1 701 123 45 67":  "",
		"8 901 123 45 67":   "", // of another country
		"112":               "",
		"701123456a":        "",
		"+7011234567":       "",
		"+":                 "",
		"":                  "",
	} {
		got, err := ParsePhone(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
	}
}

// expect holds an error against its catalogue key.
func expect(t *testing.T, what string, err error, key string) {
	t.Helper()
	var e *aiqyn.Error
	switch {
	case err == nil && key == "":
	case err == nil || key == "":
		t.Errorf("%s: got %v, want %q", what, err, key)
	default:
		if e, _ = err.(*aiqyn.Error); e == nil || e.Key != key {
			t.Errorf("%s: got %v, want %q", what, err, key)
		}
	}
}

func FuzzNumbers(f *testing.F) {
	for _, s := range []string{"061211600012", "900101750009", "20-313-012-345", "8 (701) 123-45-67", "26134000777"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n, err := ParseIIN(s, true); err == nil {
			if again, err := ParseIIN(string(n), true); err != nil || again != n || n.Born().IsZero() {
				t.Errorf("%q reads as %q and that as %q, %v", s, n, again, err)
			}
		}
		if n, err := ParseBIN(s, true); err == nil {
			if again, err := ParseBIN(string(n), true); err != nil || again != n {
				t.Errorf("%q reads as %q and that as %q, %v", s, n, again, err)
			}
		}
		if n, err := ParseCadastral(s, true); err == nil {
			if again, err := ParseCadastral(string(n), true); err != nil || again != n {
				t.Errorf("%q reads as %q and that as %q, %v", s, n, again, err)
			}
		}
		if n, err := ParsePhone(s); err == nil {
			if again, err := ParsePhone(string(n)); err != nil || again != n || len(n) != 12 {
				t.Errorf("%q reads as %q and that as %q, %v", s, n, again, err)
			}
		}
	})
}

func BenchmarkParseIIN(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseIIN("061211600012", false); err != nil {
			b.Fatal(err)
		}
	}
}
