package web

import (
	"strings"
	"testing"

	"aiqyn"
)

// What the pages say of witnesses is true of this log: those with keys for
// practice are not called independent, and nobody is called a witness who is
// not there.
func TestWitnessesAreCalledWhatTheyAre(t *testing.T) {
	notIndependent := map[aiqyn.Lang]string{aiqyn.Kazakh: "тәуелсіз емес", aiqyn.Russian: "не независимы", aiqyn.English: "not independent"}
	organisations := map[aiqyn.Lang]string{aiqyn.Kazakh: "бізге бағынбайтын ұйымдар", aiqyn.Russian: "независимые от нас организации", aiqyn.English: "organisations that do not depend on us"}
	watching := map[aiqyn.Lang]string{aiqyn.Kazakh: "тәуелсіз куәгерлер бақылайды", aiqyn.Russian: "следят независимые свидетели", aiqyn.English: "independent witnesses watch"}
	for _, log := range []struct {
		name        string
		real, alone bool
	}{{"practice", false, false}, {"watched", true, false}, {"alone", true, true}} {
		f := newFake(t)
		f.real, f.alone = log.real, log.alone
		s := newServer(t, f, nil)
		watched := log.real && !log.alone
		for _, lang := range aiqyn.Langs {
			home := ask(s, "", "/"+string(lang)+"/", nil).Body.String()
			ledger := ask(s, "", "/"+string(lang)+"/ledger", nil).Body.String()
			if got := strings.Contains(home, watching[lang]); got != watched {
				t.Errorf("%s, %s: home says that independent witnesses watch: %v", log.name, lang, got)
			}
			if got := strings.Contains(ledger, organisations[lang]); got != watched {
				t.Errorf("%s, %s: the ledger calls the witnesses independent: %v", log.name, lang, got)
			}
			if practice := !log.real; strings.Contains(home, notIndependent[lang]) != practice || strings.Contains(ledger, notIndependent[lang]) != practice {
				t.Errorf("%s, %s: whether they are for practice is not said as it is", log.name, lang)
			}
		}
	}
}
