package show

import (
	"strings"

	"aiqyn"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Unreached says of which places applications are not taken, because the log that carries
// them cannot be told, since when, and what the reader can do; nil if there are none.
func Unreached(v *visit.Visit) (*ui.Notice, error) {
	list, err := v.Engine.Unreached(v.Context(), v.Actor())
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var text []string
	for _, l := range list {
		name := v.In(l.Title) + " (" + l.Origin + ")"
		if l.From.IsZero() {
			text = append(text, v.T("web.unreached.now", "log", name))
		} else {
			text = append(text, v.T("web.unreached.from", "log", name, "day", ui.Day(v.Lang, l.From)))
		}
	}
	do := "web.unreached.operator"
	if v.Actor().Role == aiqyn.RolePublisher {
		do = "web.unreached.publisher"
	}
	return &ui.Notice{Kind: "warn", Title: v.T("web.unreached.title"), Text: strings.Join(append(text, v.T(do)), " ")}, nil
}
