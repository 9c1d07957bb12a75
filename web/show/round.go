package show

import (
	"slices"

	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/locale"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// DayText is a day as an address has it, in words.
func DayText(v *visit.Visit, day string) string {
	d, err := deadline.ParseDate(day)
	if err != nil {
		return day
	}
	return ui.Day(v.Lang, d)
}

// Opens says on which day all places of a group are shared out in one round; "" if they
// go as they come.
func Opens(v *visit.Visit, g casework.GroupView) string {
	if g.Opens == "" {
		return ""
	}
	return v.T("web.places.opens", "day", DayText(v, g.Opens))
}

// Move says what changed a position: who came before, or went from there, or what they
// did themselves.
func Move(v *visit.Visit, m casework.MoveView) string {
	way := "went"
	switch {
	case m.Own:
		way = "own"
	case m.Step > 0:
		way = "came"
	}
	key := "web.queue.move." + way + "." + string(m.Kind)
	if !v.Texts.Has(key) {
		key = "web.queue.move." + way
	}
	return v.T(key)
}

// roundReasons are what parts somebody from the last who was admitted, as rounds
// call it; others have one text.
var roundReasons = []string{"holds", "tier", "sibling", "points", "date", "lottery", "seats", "quota"}

// mostWhys is how many places of a list are told of one by one.
const mostWhys = 8

// FromTo is the position before a move and after it.
func FromTo(v *visit.Visit, m casework.MoveView) string {
	place := func(n int) string {
		if n == 0 {
			return v.T("web.queue.nowhere")
		}
		return locale.Number(v.Lang, int64(n))
	}
	return place(m.From) + " → " + place(m.Position)
}

// Whys are the places of a list that are told of: the first, and the one that was
// given. Who waits for a time has all of two weeks in their list.
func Whys(list []casework.WhyView) []casework.WhyView {
	var short []casework.WhyView
	for i, w := range list {
		if i < mostWhys || w.Admitted {
			short = append(short, w)
		}
	}
	return short
}

// WhyRound says how somebody fared at one place in a round.
func WhyRound(v *visit.Visit, w casework.WhyView) string {
	place := GroupName(v, w.Group)
	cut := ""
	if w.Cut != nil {
		cut = " " + v.T("web.rounds.cut", "points", locale.Number(v.Lang, w.Points), "cut", locale.Number(v.Lang, *w.Cut))
	}
	if w.Admitted {
		return v.T("web.rounds.admitted", "place", place, "n", w.Place, "of", w.Of) + cut
	}
	return v.T("web.rounds.not-admitted", "place", place, "n", w.Place, "of", w.Of, "by", partedBy(v, w)) + cut
}

// partedBy says what parted somebody from the last who was admitted.
func partedBy(v *visit.Visit, w casework.WhyView) string {
	switch kept := v.In(w.Kept); {
	case kept != "":
		return v.T("web.rounds.by.kept", "quota", kept)
	case slices.Contains(roundReasons, w.By):
		return v.T("web.rounds.by." + w.By)
	}
	return v.T("web.rounds.by.other")
}
