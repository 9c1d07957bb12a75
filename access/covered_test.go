package access

import (
	"strings"
	"testing"
)

// Whatever way somebody writes a number of theirs, it is covered; numbers of things stay.
func TestCovered(t *testing.T) {
	for _, text := range []string{
		"900101750009", "ЖСН 900101750009,", "ЖСН900101750009", "IIN:900101750009.", "900101 750009", "900101-750009", "900 101 750 009", "9001 0175 0009",
		"9 0 0 1 0 1 7 5 0 0 0 9", "900101\u00a0750009", "үй 12 900101750009",
		"+77011234567", "+7 701 123 45 67", "+7 (701) 123-45-67", "+7(701)1234567", "8 701 123 45 67", "87011234567", "8(701)123-45-67", "8-701-123-45-67", "8 701 1234567",
		"7 701 123 45 67", "77011234567", "701 123 45 67", "7011234567", "(701) 123-45-67", "8.701.123.45.67", "тел.:8 701 123-45-67!", "+7 701 123‑45‑67", "8 727 123 45 67", "+1 202 555 01 23 45",
		"5 8 701 123 45 67", "aigul@example.kz", "Айгүл <a.omarova+x@mail.example.kz>, рахмет", "почта:айгүл@мысал.қаз",
	} {
		got := Covered("Сәлем, " + text + " деп жазды")
		digits := 0
		for _, r := range got {
			if r >= '0' && r <= '9' {
				digits++
			}
		}
		if digits > 7 || strings.Contains(got, "@") || !strings.Contains(got, "•") || !strings.HasPrefix(got, "Сәлем, ") || !strings.HasSuffix(got, " деп жазды") {
			t.Errorf("%q: %q", text, got)
		}
	}
	for _, text := range []string{
		"", "99-999-001-001", "20-315-012-1234", "2026-06-01 10:00", "2026-06-01T05:00:00.000004Z", "26 100 000 000 ₸", "123 456 789 012", "AQ-TQ86X-CJFSP", "1764454972", "500050000 5660000000",
		"40298aa9fc0dc783856bfbf2d9eae7ed635092a9975f14b58793f688f908d2ad", "a1b2123456789012cdef0123456789abcdef", "№ 143, 2015", "id 12345 @ 7", "100",
	} {
		if got := Covered(text); got != text {
			t.Errorf("%q: %q", text, got)
		}
	}
	if got := Covered("900101750009 +77011234567"); got != Mask(IIN, "900101750009")+" "+Mask(Phone, "+77011234567") {
		t.Error(got)
	}
}

func FuzzCovered(f *testing.F) {
	f.Add("ЖСН 900101750009, +7 (701) 123-45-67")
	f.Add("+ ( 8-701-1234567 ) a@b.c")
	f.Fuzz(func(t *testing.T, text string) {
		got := Covered(text)
		if strings.Contains(text, "900101750009") {
			return
		}
		if again := Covered("x, 900101750009; " + got); strings.Contains(again, "900101750009") {
			t.Errorf("%q", again)
		}
	})
}
