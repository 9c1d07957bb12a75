package show

import (
	"aiqyn/casework"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// LetterState says whether a letter has reached its person.
func LetterState(v *visit.Visit, m casework.Message) ui.Tag {
	kinds := map[string]string{"delivered": "good", "dead": "bad", "waiting": "todo"}
	return ui.Tag{Kind: kinds[m.State], Text: v.T("notify.state." + m.State)}
}
