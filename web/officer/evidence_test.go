package officer

import "testing"

func TestPlace(t *testing.T) {
	for _, c := range []struct{ typed, lat, lon string }{
		{"43.238949, 76.889709", "43.238949", "76.889709"}, {"43.2,76.8", "43.2", "76.8"}, {"", "", ""}, {"here", "", ""},
	} {
		if lat, lon := place(c.typed); lat != c.lat || lon != c.lon {
			t.Errorf("%q is read as %q, %q", c.typed, lat, lon)
		}
	}
}

func TestEvidenceNames(t *testing.T) {
	if evidenceName("photo", 1) != "evidence-photo" || evidenceName("photo", 2) != "evidence-photo-2" {
		t.Error("the inputs of two photographs are not told apart")
	}
	if inputOf("photo") != "evidence-photo" || inputOf("measured-load") != "measured-load" {
		t.Error("an error does not lead to its input")
	}
}

func TestLocalTime(t *testing.T) {
	at, err := parseLocal("2026-11-23T10:15")
	if err != nil || at.UTC().Format("15:04") != "05:15" {
		t.Errorf("%v, %v", at, err)
	}
	if _, err := parseLocal("10:15"); err == nil {
		t.Error("a time without its day was taken")
	}
}
