package sms

import (
	"strings"
	"testing"
	"time"

	"aiqyn"
)

func TestSplit(t *testing.T) {
	for _, test := range []struct {
		name   string
		text   string
		coding Coding
		parts  int
	}{
		{"empty", "", GSM7, 1},
		{"English", strings.Repeat("a", 160), GSM7, 1},
		{"English, one more", strings.Repeat("a", 161), GSM7, 2},
		{"braces take two", strings.Repeat("{", 80), GSM7, 1},
		{"braces take two, one more", strings.Repeat("{", 81), GSM7, 2},
		{"two whole parts", strings.Repeat("a", 306), GSM7, 2},
		{"three parts", strings.Repeat("a", 307), GSM7, 3},
		{"Kazakh", strings.Repeat("ә", 70), UCS2, 1},
		{"Kazakh, one more", strings.Repeat("ә", 71), UCS2, 2},
		{"Russian", strings.Repeat("я", 134), UCS2, 2},
		{"Russian, one more", strings.Repeat("я", 135), UCS2, 3},
		{"a dash makes it dear", strings.Repeat("a", 70) + "–", UCS2, 2},
		{"beyond the first plane", strings.Repeat("😀", 35), UCS2, 1},
		{"beyond, one more", strings.Repeat("😀", 36), UCS2, 2},
		{"tenge", "5000 ₸", UCS2, 1},
	} {
		parts, err := Split(test.text, 7, 10)
		if err != nil || len(parts) != test.parts || parts[0].Coding != test.coding {
			t.Errorf("%s: %d parts in coding %d: %v", test.name, len(parts), parts[0].Coding, err)
			continue
		}
		var together strings.Builder
		for _, p := range parts {
			if n := len(p.Octets()); p.Coding == UCS2 && n > 140 || p.Coding == GSM7 && n > 160 {
				t.Errorf("%s: a part of %d octets", test.name, n)
			}
			text := Decode(p.Coding, p.Text)
			if strings.ContainsRune(text, '\ufffd') {
				t.Errorf("%s: a letter was cut: %q", test.name, text)
			}
			together.WriteString(text)
		}
		if together.String() != test.text {
			t.Errorf("%s: %q came back as %q", test.name, test.text, together.String())
		}
	}
}

func TestSplitKeepsItsLimit(t *testing.T) {
	if _, err := Split(strings.Repeat("ә", 202), 1, 3); aiqyn.KindOf(err) != aiqyn.TooLarge {
		t.Errorf("four parts where three are allowed: %v", err)
	}
	if _, err := Split(strings.Repeat("ә", 67*256), 1, 1000); aiqyn.KindOf(err) != aiqyn.TooLarge {
		t.Errorf("more parts than a header counts: %v", err)
	}
}

func TestAlphabet(t *testing.T) {
	if len(basic) != 128 {
		t.Fatalf("the alphabet has %d letters", len(basic))
	}
	for r := range septets {
		u, _ := gsm7(r)
		if got := fromGSM7(u); got != string(r) {
			t.Errorf("%q came back as %q", r, got)
		}
	}
	for _, r := range "әғқңөұүһіӘҒҚҢӨҰҮҺІя₸–`" {
		if _, ok := gsm7(r); ok {
			t.Errorf("%q is not of the default alphabet", r)
		}
	}
	if got := fromGSM7([]byte{escape}); got != " " {
		t.Errorf("an extension cut short reads %q", got)
	}
}

func TestCutHeader(t *testing.T) {
	for _, test := range []struct {
		name   string
		octets []byte
		want   Concatenation
		text   string
		ok     bool
	}{
		{"8-bit reference", []byte{5, 0, 3, 9, 2, 1, 'a'}, Concatenation{9, 2, 1}, "a", true},
		{"16-bit reference", []byte{6, 8, 4, 1, 9, 2, 2, 'b'}, Concatenation{9, 2, 2}, "b", true},
		{"something else", []byte{4, 5, 2, 0, 0, 'c'}, Concatenation{}, "c", true},
		{"empty", nil, Concatenation{}, "", false},
		{"longer than the message", []byte{9, 0, 3, 1, 1, 1}, Concatenation{}, "", false},
		{"an element too long", []byte{3, 0, 9, 1, 'a'}, Concatenation{}, "", false},
		{"part 0", []byte{5, 0, 3, 9, 2, 0, 'a'}, Concatenation{9, 2, 0}, "a", false},
		{"part 3 of 2", []byte{5, 0, 3, 9, 2, 3, 'a'}, Concatenation{9, 2, 3}, "a", false},
	} {
		c, text, ok := CutHeader(test.octets)
		if ok != test.ok || ok && (c != test.want || string(text) != test.text) {
			t.Errorf("%s: %+v %q %v", test.name, c, text, ok)
		}
	}
}

func TestAssembler(t *testing.T) {
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	var a Assembler
	if _, done := a.Add("+7701", Concatenation{1, 2, 2}, "there", now); done {
		t.Fatal("done with one part of two")
	}
	if _, done := a.Add("+7701", Concatenation{1, 2, 2}, "again", now); done {
		t.Fatal("a part that came twice completed the text")
	}
	if _, done := a.Add("+7702", Concatenation{1, 2, 1}, "other", now); done {
		t.Fatal("a part of another sender completed the text")
	}
	if text, done := a.Add("+7701", Concatenation{1, 2, 1}, "hello ", now); !done || text != "hello there" {
		t.Errorf("put together %q, %v", text, done)
	}
	if text, done := a.Add("+7701", Concatenation{}, "alone", now); !done || text != "alone" {
		t.Errorf("alone: %q, %v", text, done)
	}
	for i := range 10_000 {
		a.Add("+77"+strings.Repeat("0", i%300), Concatenation{byte(i), 3, 1}, "x", now)
	}
	if len(a.open) > mostOpen || len(a.open) != len(a.order) {
		t.Errorf("%d texts are unfinished, %d in order", len(a.open), len(a.order))
	}
	a.Add("+7703", Concatenation{1, 2, 1}, "x", now.Add(25*time.Hour))
	if len(a.open) != 1 {
		t.Errorf("after a day %d texts are unfinished", len(a.open))
	}
	if _, done := a.Add("+7701", Concatenation{1, 200, 1}, "x", now); done || len(a.open) != 1 {
		t.Error("a text of 200 parts is waited for")
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("Айқын: кіру коды 012345.", byte(1))
	f.Add(strings.Repeat("{€", 100), byte(255))
	f.Fuzz(func(t *testing.T, text string, reference byte) {
		if len(text) > 4096 {
			return
		}
		text = strings.ToValidUTF8(text, "?")
		parts, err := Split(text, reference, MostParts)
		if err != nil {
			t.Fatal(err)
		}
		var a Assembler
		for i, p := range parts {
			c, body := Concatenation{}, p.Octets()
			if p.Header != nil {
				var ok bool
				if c, body, ok = CutHeader(body); !ok {
					t.Fatalf("header %x is not readable", p.Header)
				}
			}
			got, done := a.Add("x", c, Decode(p.Coding, body), time.Time{})
			if len(parts) <= mostOpenOf && done != (i == len(parts)-1) || done && got != text {
				t.Fatalf("part %d of %d: %v %q, want %q", i+1, len(parts), done, got, text)
			}
		}
	})
}

func FuzzCutHeader(f *testing.F) {
	f.Add([]byte{5, 0, 3, 9, 2, 1, 'a'})
	f.Fuzz(func(t *testing.T, octets []byte) {
		if c, text, ok := CutHeader(octets); ok && (len(text) >= len(octets) || c.Part > c.Of) {
			t.Errorf("%x: %+v %x", octets, c, text)
		}
	})
}
