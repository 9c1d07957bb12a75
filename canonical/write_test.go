package canonical

import (
	"encoding/json"
	"testing"
)

// TestTextsThatLookLikeEscapes: a separator is written as it is, and six letters that
// say it are six letters.
func TestTextsThatLookLikeEscapes(t *testing.T) {
	for text, want := range map[string]string{
		"a\u2028b":           "\"a\u2028b\"",
		`a\u2028b`:           `"a\\u2028b"`,
		`\` + "\u2029" + `\`: "\"\\\\\u2029\\\\\"",
		"<&>":                `"<&>"`,
		"\x00\x1f\"":         `"\u0000\u001f\""`,
		"\xff":               `"\ufffd"`,
	} {
		got, err := Encode(text)
		if err != nil || string(got) != want {
			t.Errorf("%q is written as %s, want %s, %v", text, got, want, err)
		}
		var back string
		if err := json.Unmarshal(got, &back); err != nil || back != text && text != "\xff" {
			t.Errorf("%s is read as %q, %v", got, back, err)
		}
	}
}
