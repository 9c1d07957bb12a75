package service

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const twoStories = `# Comments may stand before the first story.
-- first --
# What it is about
given person 900101750009 "Айгүл Омарова"

given parcel 99-999-001-001 held by 900101750009,990731799995
at 2026-06-01 10:00
applicant 900101750009 files parcel=99-999-001-001 note="екі сөз"
expect due conditions 2026-06-08 because holiday 2026-06-02
-- second --
# Another
at 2026-06-01 10:00
applicant files a=b
# a comment in between
surveyor records measured-load=20 evidence=place,photo
engineer refuses no-capacity
head corrects survey.measured-load to 30 because "Қате жазылған"
expect rejected 409 reason-not-true
`

func TestParseStory(t *testing.T) {
	list, err := ParseStory([]byte(twoStories), "cases.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range list {
		got = append(got, fmt.Sprintf("%d %s: %s", s.Line, s.Name, s.Title))
		for _, l := range s.Lines {
			got = append(got, fmt.Sprintf("%d %s %q %q", l.Line, l.Verb, l.Args, l.Set))
		}
	}
	want := []string{
		`2 first: What it is about`,
		`4 given person ["900101750009" "Айгүл Омарова"] []`,
		`6 given parcel held by ["99-999-001-001" "900101750009,990731799995"] []`,
		`7 at ["2026-06-01" "10:00"] []`,
		`8 applicant files ["900101750009"] [{"parcel" "99-999-001-001"} {"note" "екі сөз"}]`,
		`9 expect due because ["conditions" "2026-06-08" "holiday" "2026-06-02"] []`,
		`10 second: Another`,
		`12 at ["2026-06-01" "10:00"] []`,
		`13 applicant files [] [{"a" "b"}]`,
		`15 records ["surveyor"] [{"measured-load" "20"} {"evidence" "place,photo"}]`,
		`16 refuses ["engineer" "no-capacity"] []`,
		`17 corrects to because ["head" "survey.measured-load" "30" "Қате жазылған"] []`,
		`18 expect rejected ["409" "reason-not-true"] []`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestStoryErrors(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"no such sentence", "engineer refuses", "engineer dislikes", `f:16: "dislikes": want "`},
		{"no such word", "at 2026-06-01 10:00\napplicant files", "sometime\napplicant files", "f:12: this is not a sentence of a story: sometime"},
		{"ends too early", "refuses no-capacity", "refuses", "f:16: the line ends too early: want {officer} refuses {reason}"},
		{"too much", "refuses no-capacity", "refuses no-capacity today", `f:16: "today" is too much`},
		{"bad number", "900101750009 \"Айгүл", "9001 \"Айгүл", `f:4: "9001": want twelve digits`},
		{"bad parcel", "given parcel 99-999-001-001", "given parcel 99-1", `f:6: "99-1": want a cadastral number`},
		{"bad day", "conditions 2026-06-08", "conditions 2026-06-31", `f:9: "2026-06-31": want a date`},
		{"bad hour", "10:00\napplicant 9", "25:00\napplicant 9", `f:7: "25:00": want a time`},
		{"bad officer", "head corrects", "mayor corrects", `f:17: this is not a sentence`},
		{"bad why", "because holiday", "because tired", `f:9: "tired": want one of`},
		{"text without quotes", "900101750009 \"Айгүл Омарова\"", "900101750009 Айгүл", `f:4: "Айгүл": text stands in quotes`},
		{"name in quotes", "refuses no-capacity", "refuses \"no-capacity\"", `f:16: "no-capacity": text stands in quotes`},
		{"open quote", "\"Айгүл Омарова\"", "\"Айгүл", "f:4: a quote is not closed"},
		{"answer without a name", "files a=b", "files b", `f:13: "b": want name=value`},
		{"no answers", "engineer refuses no-capacity", "engineer records", `f:16: want at least one name=value`},
		{"answer twice", "files a=b", "files a=b a=c", `f:13: "a" is there already`},
		{"comment behind a line", "files a=b", "files a=b # b", `f:13: "#": want name=value`},
		{"no title", "# Another\n", "", `f:10: story "second" has no title`},
		{"same name", "-- second --", "-- first --", `f:10: story "first" is there already`},
		{"bad name", "-- second --", "-- Second Story --", `f:10: story "Second Story": want a name`},
		{"given too late", "surveyor records", "given margin nowhere\nsurveyor records", "f:15: what is given stands before the first at"},
		{"time goes back", "engineer refuses", "at 2026-05-31 10:00\nengineer refuses", "f:16: time goes back from 2026-06-01 10:00"},
		{"before any time", "at 2026-06-01 10:00\napplicant files a=b", "applicant files a=b\nat 2026-06-01 10:00", "f:12: nothing happens before the first at"},
		{"before filing", "applicant files a=b\n", "", "f:14: nothing was filed yet"},
		{"expects nothing", "expect rejected 409 reason-not-true\n", "", `f:10: story "second" expects nothing`},
		{"text before the stories", "# Comments", "Comments", "f:1: before the first story"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(twoStories, tt.old) {
				t.Fatalf("the stories do not contain %q", tt.old)
			}
			_, err := ParseStory([]byte(strings.Replace(twoStories, tt.old, tt.new, 1)), "f")
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestStoryFilesThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "f:1: there is no story in the file",
		"\xff":                            "f:1: the file is not UTF-8",
		strings.Repeat("#\n", maxFile):    "f:1: the file is larger than 256 KiB",
		strings.Repeat("-- a --\n", 1000): `f:2: story "a" is there already`,
	} {
		if _, err := ParseStory([]byte(text), "f"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: got %.200v, want %s", text, err, want)
		}
	}
}

// TestStoriesKnowTheirService holds stories to the names that the service has.
func TestStoriesKnowTheirService(t *testing.T) {
	const stories = "services/tree.permit/cases.txtar"
	tests := []struct{ name, old, new, want string }{
		{"question", "height=4", "depth=4", `there is no question "depth"`},
		{"type of an answer", "height=4", "height=tall", `height=tall: not a integer`},
		{"option", "height=4", "height=4 wood=IV", `wood=IV: not a choice`},
		{"record", "girth=60", "width=60", `there is no question "width"`},
		{"evidence", "evidence=place,photo", "evidence=place,rumour", `there is no evidence "rumour"`},
		{"reason", "engineer grants", "engineer refuses bored", `there is no reason "bored"`},
		{"step", "expect granted", "expect drawn nap", `there is no step "nap"`},
		{"body", "engineer grants", "applicant reports tree demanded by forest", `there is no body "forest"`},
		{"certificate", "engineer grants", "applicant reports bush demanded by park", `there is no certificate "bush"`},
		{"register", "engineer grants", "register bushes is down", `there is no register "bushes"`},
		{"field", "engineer grants", "head corrects visit.width to 3 because \"x\"", `there is no field "visit.width"`},
		{"field of no step", "engineer grants", "head corrects nap.girth to 3 because \"x\"", `there is no field "nap.girth"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files, text := changed(t, change{stories, tt.old, tt.new})
			word := strings.Fields(tt.new)[0]
			line := tt.new
			if !strings.Contains(word, "=") {
				word = line
			}
			expect(t, files, stories, text, word, tt.want)
		})
	}
}

func TestAnswersOfQuestions(t *testing.T) {
	tests := []struct {
		q      Question
		answer string
		reads  bool
		allows bool
	}{
		{Question{Type: TypeInteger, Min: 1, Max: 5}, "5", true, true},
		{Question{Type: TypeKilowatt, Min: 1, Max: 5}, "6", true, false},
		{Question{Type: TypeInteger, Min: 1, Max: 5}, "5.0", false, false},
		{Question{Type: TypeYesNo}, "yes", true, true},
		{Question{Type: TypeYesNo}, "true", false, false},
		{Question{Type: TypeDate}, "2026-02-29", false, false},
		{Question{Type: TypeCadastral}, "99-999-001-001", true, true},
		{Question{Type: TypeCadastral}, "99 999 001 001", false, false},
		{Question{Type: TypeIIN}, "900101750009", true, true},
		{Question{Type: TypeText, Min: 1, Max: 3}, "әңғ", true, true},
		{Question{Type: TypeText, Min: 1, Max: 3}, "әңғү", true, false},
		{Question{Type: TypeChoice, Of: []Choice{{Value: "I"}}}, "I", true, true},
		{Question{Type: TypeChoice, Of: []Choice{{Value: "I"}}}, "II", false, false},
	}
	for _, tt := range tests {
		if got := tt.q.Reads(tt.answer); got != tt.reads {
			t.Errorf("%s reads %q: %v", tt.q.Type, tt.answer, got)
		}
		if got := tt.q.Allows(tt.answer); got != tt.allows {
			t.Errorf("%s allows %q: %v", tt.q.Type, tt.answer, got)
		}
	}
}
