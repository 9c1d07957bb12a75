package locale

import (
	"bytes"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"aiqyn"
)

// FuzzCompile: a text that compiles says again what it was compiled from.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{"", "text", "{x}", "a {x:date} b {role:role.*} c", "{{{x}}}", "{", "}", "{}", "{x:}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := compile(text)
		if err != nil {
			return
		}
		brace := strings.NewReplacer("{", "{{", "}", "}}")
		var again strings.Builder
		for _, p := range parsed.parts {
			again.WriteString(brace.Replace(p.literal))
			if p.hole.name != "" {
				again.WriteString("{" + p.hole.String() + "}")
			}
		}
		if again.String() != text {
			t.Errorf("%q compiles to %q", text, again.String())
		}
	})
}

// FuzzNumber: spaces and signs apart, a number says its digits.
func FuzzNumber(f *testing.F) {
	for _, n := range []int64{0, 7, -7, 999, 1000, -1000, 123456, 1<<63 - 1, -1 << 63} {
		f.Add(n)
	}
	plain := strings.NewReplacer(noBreak, "", minus, "-")
	f.Fuzz(func(t *testing.T, n int64) {
		if got := plain.Replace(Number(aiqyn.Kazakh, n)); got != strconv.FormatInt(n, 10) {
			t.Errorf("%d reads %s", n, got)
		}
		money := strings.TrimSuffix(plain.Replace(Money(aiqyn.English, n)), "₸")
		tenge, tiyn, has := strings.Cut(money, ".")
		if !has {
			tiyn = "00"
		}
		if got := strings.TrimLeft(strings.Replace(tenge, "-", "", 1)+tiyn, "0"); got != strings.TrimLeft(strconv.FormatUint(magnitude(n), 10), "0") {
			t.Errorf("%d tiyn read %s", n, money)
		}
	})
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// FuzzSortKey: keys of one text are one key, whoever else sorts meanwhile.
func FuzzSortKey(f *testing.F) {
	f.Add("Әбіш", "Abay")
	f.Fuzz(func(t *testing.T, a, b string) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) {
			return
		}
		want := SortKey(aiqyn.Kazakh, a)
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				SortKey(aiqyn.Kazakh, b)
				if got := SortKey(aiqyn.Kazakh, NFC(a)); !bytes.Equal(got, want) {
					t.Errorf("%q has two keys", a)
				}
			})
		}
		wait.Wait()
	})
}
