package web

import (
	"html"
	"slices"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/service"
)

// TestAServiceTellsHowAnAnswerComes: since when each time limit runs, that a refusal
// is told of first, in which case alone silence grants, and how long the document is
// valid; all of it in words.
func TestAServiceTellsHowAnAnswerComes(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	texts := catalogue(t)
	for _, lang := range aiqyn.Langs {
		say := saying(texts, lang)
		hearing := say("web.service.hearing", "notice", say("days.working", "n", 3), "object", say("days.working.term", "n", 2))
		silence := func(id aiqyn.ServiceID) string {
			svc, _ := f.pack.Service(id)
			i := slices.IndexFunc(svc.Steps, func(step *service.Step) bool { return step.Decides })
			return say("web.service.silence.only-if", "when", svc.Steps[i].Silence.Text.In(lang))
		}
		for id, told := range map[aiqyn.ServiceID][]string{
			"energy.connection": {say("web.service.since.filed"), say("web.service.since.filed-whole"), hearing, say("web.service.hearing.within"), silence("energy.connection"), say("web.service.valid", "term", say("days.calendar", "n", 365))},
			"water.connection":  {say("web.service.since.filed"), say("web.service.since.filed-whole"), hearing, say("web.service.hearing.within"), silence("water.connection"), say("web.service.valid", "term", say("days.calendar", "n", 730))},
			"land.boundary":     {say("web.service.since.paid"), hearing},
		} {
			page := html.UnescapeString(ask(s, "", "/"+string(lang)+"/services/"+string(id), nil).Body.String())
			for _, want := range told {
				if !strings.Contains(page, want) {
					t.Errorf("%s: the page of %s does not say %q", lang, id, want)
				}
			}
			for _, not := range []string{" && ", "_near", "points.", "has(", "size("} {
				if strings.Contains(page, not) {
					t.Errorf("%s: on the page of %s there is a rule: %q", lang, id, not)
				}
			}
		}
	}
}
