package service

import (
	"strings"
	"testing"
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

func BenchmarkParsePack(b *testing.B) {
	files := tinyPack(b)
	for b.Loop() {
		if _, err := ParsePackWith(files, tinyOptions); err != nil {
			b.Fatal(err)
		}
	}
}
