package aiqyn

// Lang is one of the three languages of the first country.
type Lang string

// The languages, by their BCP 47 tags. They are the first segment of each path.
const (
	Kazakh  Lang = "kk"
	Russian Lang = "ru"
	English Lang = "en"
)

// Langs lists the languages in the order in which the switch shows them.
var Langs = []Lang{Kazakh, Russian, English}

// Text is one sentence or name in all three languages. A pack whose text
// lacks one of them does not load.
type Text struct {
	KK string `json:"kk" yaml:"kk"`
	RU string `json:"ru" yaml:"ru"`
	EN string `json:"en" yaml:"en"`
}

// In returns the text in language l, falling back to Russian, which every
// text of the state has had, for an unknown language.
func (t Text) In(l Lang) string {
	switch l {
	case Kazakh:
		return t.KK
	case English:
		return t.EN
	}
	return t.RU
}

// IsZero reports whether no language has any text.
func (t Text) IsZero() bool { return t == Text{} }

// Missing lists the languages in which the text is empty.
func (t Text) Missing() []Lang {
	var missing []Lang
	for _, l := range Langs {
		if t.In(l) == "" {
			missing = append(missing, l)
		}
	}
	return missing
}
