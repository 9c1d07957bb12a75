package registry

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestAMisfitTellsNobody: what is said of a document that does not fit has none of it.
func TestAMisfitTellsNobody(t *testing.T) {
	for _, doc := range []string{`{"iin":900101750009}`, `{"phone":77011234567}`, `{"name":"Омарова"}`, `{"name":900101750009}`} {
		_, err := Decode[Person](Reading{Register: PeopleRegister, Found: true, Value: json.RawMessage(doc)})
		if err == nil {
			t.Fatalf("%s: read", doc)
		}
		for _, s := range []string{"900101750009", "7011234567", "Омарова"} {
			if strings.Contains(err.Error(), s) {
				t.Errorf("%s: %v", doc, err)
			}
		}
	}
	if _, err := canonical([]byte(`{"a": 9001017500099001017500099 }`)); err == nil || strings.Contains(err.Error(), "900101750009") {
		t.Errorf("%v", err)
	}
}
