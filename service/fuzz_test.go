package service

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzParsePack puts any bytes in the place of a service: nothing may panic or
// hang, and what is accepted must be usable.
func FuzzParsePack(f *testing.F) {
	files := tinyPack(f)
	for _, file := range files {
		f.Add(file.Data)
	}
	f.Add([]byte("a: &a [*a, *a]\n"))
	f.Add([]byte("steps: [{x: {by: rule}}]\nask: {a: {type: text}}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		mutated := append([]File(nil), files...)
		for i := range mutated {
			if mutated[i].Name == permit {
				mutated[i].Data = data
			}
		}
		p, err := ParsePackWith(mutated, tinyOptions)
		if err != nil {
			if !strings.Contains(err.Error(), ".yaml:") && !strings.Contains(err.Error(), ".txtar:") {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		for _, s := range p.Services {
			Burden(s)
			s.Blank()
			s.ComputeOrder()
		}
	})
}

func FuzzParseStory(f *testing.F) {
	f.Add([]byte(twoStories))
	f.Add([]byte("-- --"))
	f.Add([]byte("-- a --\n# b\nat 2026-01-01 00:00\nexpect granted\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := ParseStory(data, "f")
		if err != nil {
			return
		}
		for _, s := range list {
			for _, l := range s.Lines {
				if len(holesOf(l)) != len(l.Args) {
					t.Fatalf("line %d: no form has verb %q with %d words", l.Line, l.Verb, len(l.Args))
				}
			}
		}
	})
}

// tokenShape is a word of a line of a story and the space behind it, as a pattern.
var tokenShape = regexp.MustCompile(`^(?:([a-z][a-z0-9-]*=)?"([^"]*)"|([^\s"]+))(?:\s+|$)`)

// FuzzTokens holds how a line is split to the pattern of its words.
func FuzzTokens(f *testing.F) {
	for _, line := range append(strings.Split(twoStories, "\n"), "", " ", " a", "a ", `""`, `a="`, `a=""b`, `a""`, `A="b"`, `a="b" "c"  d`, `="a"`, `a1-="b"`, `1a="b"`, `a"b`, `a=b"c"`, "a\vb", "a\u00a0b") {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if !utf8.ValidString(line) {
			return // no file is read that is not UTF-8
		}
		var want []token
		rest := line
		for rest != "" {
			m := tokenShape.FindStringSubmatch(rest)
			if m == nil {
				break
			}
			want = append(want, token{text: m[1] + m[2] + m[3], quoted: m[1] == "" && m[3] == ""})
			rest = rest[len(m[0]):]
		}
		if got, ok := tokens(line); ok != (rest == "") || ok && !slices.Equal(got, want) {
			t.Errorf("%q: %+v, %v; want %+v, %v", line, got, ok, want, rest == "")
		}
	})
}

func BenchmarkParsePack(b *testing.B) {
	files := tinyPack(b)
	for b.Loop() {
		if _, err := ParsePackWith(files, tinyOptions); err != nil {
			b.Fatal(err)
		}
	}
}
