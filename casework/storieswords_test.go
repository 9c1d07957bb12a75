package casework

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/rule"
	"aiqyn/service"
)

// What a story that does not hold says instead, for those who write packs: in
// the words of stories, and not in those of Go.

// sentence is a line as the story has it.
func sentence(l service.StoryLine) string {
	for _, form := range service.StoryForms {
		var verb []string
		words, next := strings.Fields(form), 0
		for i, word := range words {
			if !strings.HasPrefix(word, "{") {
				verb = append(verb, word)
			} else if next < len(l.Args) {
				words[i], next = l.Args[next], next+1
			}
		}
		if strings.Join(verb, " ") == l.Verb && next == len(l.Args) && !strings.Contains(strings.Join(words, " "), "{") {
			return strings.Join(words, " ")
		}
	}
	return strings.Join(append([]string{l.Verb}, l.Args...), " ")
}

// answerWords is how the last act was answered.
func answerWords(err error) string {
	if err == nil {
		return "the last act was accepted"
	}
	return fmt.Sprintf("the last act was rejected %d %s", statuses[aiqyn.KindOf(err)], strings.TrimPrefix(keyOf(err), "error."))
}

func countedWords(list []DemandCount) string {
	words := make([]string, len(list))
	for i, d := range list {
		words[i] = fmt.Sprintf("%s demanded by %s %d times", d.Certificate, d.Body, d.Count)
	}
	return counted(words, "nothing is counted", "it is counted: ")
}

func counted(words []string, none, begin string) string {
	if len(words) == 0 {
		return none
	}
	return begin + strings.Join(words, ", ")
}

func ruledWords(r *RulingView) string {
	if r == nil {
		return "nothing is ruled"
	}
	var hold []string
	for _, reason := range r.Reasons {
		if reason.True {
			hold = append(hold, reason.Reason.Name)
		}
	}
	outcome := "the ruling refuses"
	if r.Grant {
		outcome = "the ruling grants"
	}
	return outcome + counted(hold, ", and no reason to refuse is true", ", and of the reasons to refuse are true: ")
}

func openWords(v *CaseView) string {
	if v.Step == nil {
		return "no step is open, the case is " + string(v.Status)
	}
	return "the open step is " + string(v.Step.Name)
}

func becauseWords(d *deadline.Due) string {
	var words []string
	for _, why := range d.Why {
		word := strings.TrimPrefix(why.Key, "deadline.")
		if date, ok := why.Args["date"]; ok {
			word += fmt.Sprintf(" %v", date)
		}
		words = append(words, word)
	}
	return counted(words, "nothing has moved the date", "the date is what it is because ")
}

func correctionWords(v *CaseView) string {
	c := v.Correction
	if c == nil {
		return "no correction was asked for, the case is " + string(v.Status)
	}
	outcome := c.Outcome
	if outcome == "" {
		outcome = "asked"
	}
	return fmt.Sprintf("the correction of %s is %s, the case is %s", c.Field, outcome, v.Status)
}

func affectedWords(list []CorrectedView) string {
	if len(list) == 0 {
		return "nothing was corrected"
	}
	last := list[len(list)-1]
	again := "was ruled again"
	if last.Again == 0 {
		again = "was not ruled again"
	}
	return fmt.Sprintf("the correction of %s affects %d entries, and the case %s", last.Field, len(last.Affected), again)
}

func appealWords(v *CaseView) string {
	if v.Appeal == nil {
		return "nobody has appealed, the case is " + string(v.Status)
	}
	if v.Appeal.Outcome == "" {
		return "the appeal is open"
	}
	return "the appeal is " + string(v.Appeal.Outcome)
}

func feeWords(f *FeeView) string {
	switch {
	case f == nil:
		return "there is nothing to pay"
	case f.kept():
		return tengeWords(f.Amount) + " are paid"
	case f.Owing():
		return tengeWords(f.Amount) + " are unpaid"
	}
	return tengeWords(f.Amount) + " are not to be paid"
}

func tengeWords(tiyn int64) string {
	if tiyn%100 != 0 {
		return fmt.Sprintf("%d.%02d tenge", tiyn/100, tiyn%100)
	}
	return fmt.Sprintf("%d tenge", tiyn/100)
}

func documentWords(c *ConditionsView) string {
	if c == nil {
		return "nothing is granted"
	}
	return "the document says: " + c.Says.KK
}

func reservedWords(c *ConditionsView) string {
	if c == nil {
		return "nothing is granted"
	}
	return fmt.Sprintf("%d W are reserved", c.AmountW)
}

func factWords(list []FactView) string {
	var words []string
	for _, f := range list {
		if len(f.Value) > 0 {
			words = append(words, f.Register)
		}
	}
	return counted(words, "no fact is recorded", "facts are recorded of ")
}

// eventWords is what has happened last.
func eventWords(ev *EventView, step string) string {
	words := "the newest event is " + string(ev.Kind)
	if step != "" {
		words += " at " + step
	}
	if ev.Reason != "" {
		words += " because of " + ev.Reason
	}
	for _, name := range slices.Sorted(maps.Keys(ev.Args)) {
		words += fmt.Sprintf(", %s %v", name, ev.Args[name])
	}
	return words
}

// TestFailedStoriesSpeakWords: whoever writes a pack reads what is otherwise,
// and nothing of how it is programmed.
func TestFailedStoriesSpeakWords(t *testing.T) {
	no := RulingView{Reasons: []ReasonView{{service.Reason{Name: "no-right"}, true, rule.Trace{}}, {service.Reason{Name: "no-capacity"}, false, rule.Trace{}}}}
	for _, tt := range []struct{ got, want string }{
		{sentence(service.StoryLine{Verb: "expect due", Args: []string{"survey", "2026-05-12"}}), "expect due survey 2026-05-12"},
		{sentence(service.StoryLine{Verb: "expect unpaid tenge", Args: []string{"5200"}}), "expect unpaid 5200 tenge"},
		{ruledWords(&no), "the ruling refuses, and of the reasons to refuse are true: no-right"},
		{ruledWords(nil), "nothing is ruled"},
		{feeWords(&FeeView{Amount: 520050}), "5200.50 tenge are unpaid"},
		{answerWords(aiqyn.E(aiqyn.Conflict, "error.refusal-false")), "the last act was rejected 409 refusal-false"},
		{correctionWords(&CaseView{Status: StatusClosed}), "no correction was asked for, the case is closed"},
		{eventWords(&EventView{Kind: EventRefunded, Args: map[string]any{"why": "late", "amount": 5}}, ""), "the newest event is refunded, amount 5, why late"},
	} {
		if tt.got != tt.want {
			t.Errorf("got  %s\nwant %s", tt.got, tt.want)
		}
	}
}
