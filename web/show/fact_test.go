package show

import (
	"testing"

	"aiqyn"
	"aiqyn/locale"
	"aiqyn/web/visit"
)

// TestADocumentIsReadInOnesLanguage: what a register answers is a table for a
// person and not a dump of its fields.
func TestADocumentIsReadInOnesLanguage(t *testing.T) {
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	document, err := Document([]byte(`{"active":true,"area":600,"born":"1990-01-01","holders":[{"basis":"contract","person":"900101750009","share":"1/2"}],
		"iin":900101750009,"polygon":[[0,0],[0,1],[1,1]],"settlement":{"en":"Aqdala","kk":"Ақдала","ru":"Акдала"},"new-field":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[aiqyn.Lang]map[string]string{
		aiqyn.Kazakh:  {"active": "Иә", "settlement": "Ақдала", "polygon": "көпбұрыш, бұрышы: 3", "holders": "Негізі: шарт, ЖСН немесе БСН: 900101750009, Үлесі: 1/2"},
		aiqyn.Russian: {"active": "Да", "born": "1 января 1990 г.", "settlement": "Акдала", "area": "600"},
		aiqyn.English: {"iin": "900101750009", "settlement": "Aqdala", "holders": "Basis: contract, IIN or BIN: 900101750009, Share: 1/2", "new-field": "x"},
	} {
		v := &visit.Visit{Site: &visit.Site{Texts: texts}, Lang: lang}
		for name, text := range want {
			if got := FactValue(v, document[name]); got != text {
				t.Errorf("%s, %s: %q, want %q", lang, name, got, text)
			}
		}
		if got := FactField(v, "new-field"); got != "new-field" {
			t.Errorf("%s: a field that nobody translated is called %q", lang, got)
		}
	}
}
