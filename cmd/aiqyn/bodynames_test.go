package main

import (
	"slices"
	"testing"

	"aiqyn"
	"aiqyn/locale"
	"aiqyn/simulate"
)

// TestBodiesOfTheDemonstrationHaveNames: whoever watches it or keeps it is of a body that no
// pack names, and that pages call by a name in the reader's language.
func TestBodiesOfTheDemonstrationHaveNames(t *testing.T) {
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []aiqyn.BodyID{simulate.Platform, simulate.Audit, simulate.AntiCorruption} {
		var names []string
		for _, lang := range aiqyn.Langs {
			names = append(names, texts.Text(lang, "body."+string(body), nil))
		}
		if !texts.Has("body."+string(body)) || slices.Contains(names, string(body)) || names[0] == names[1] || names[1] == names[2] {
			t.Errorf("%s is called %q", body, names)
		}
	}
}
