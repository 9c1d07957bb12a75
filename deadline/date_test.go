package deadline

import (
	"encoding/json"
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	for _, good := range []string{"2025-01-01", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"} {
		if d, err := ParseDate(good); err != nil || d.String() != good {
			t.Errorf("%s reads as %v, %v", good, d, err)
		}
	}
	for _, bad := range []string{
		"", "2025", "2025-1-1", "2025-02-29", "1900-02-29", "2025-13-01", "2025-00-10", "2025-01-00", "2025-04-31",
		"0000-01-01", "2025/01/01", "2025-01-01 ", " 2025-01-01", "2025-01-01T00:00", "+025-01-01", "２０２５-01-01",
	} {
		if d, err := ParseDate(bad); err == nil {
			t.Errorf("%q reads as %v", bad, d)
		}
	}
}

func TestDateAgreesWithTime(t *testing.T) {
	for at := time.Date(1895, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2105; at = at.AddDate(0, 0, 1) {
		d := DateOf(at)
		if n := int(at.Unix()) / 86_400; at.Unix() >= 0 && d.serial() != n || fromSerial(d.serial()) != d {
			t.Fatalf("%v has number %d, which is %v", at, d.serial(), fromSerial(d.serial()))
		}
		if d.Weekday() != at.Weekday() || d.AddDays(1) != DateOf(at.AddDate(0, 0, 1)) {
			t.Fatalf("%v: %v, then %v", at, d.Weekday(), d.AddDays(1))
		}
	}
}

func TestDateAsJSON(t *testing.T) {
	type document struct {
		From Date `json:"from"`
		To   Date `json:"to"`
	}
	in := document{From: Date{2025, 5, 9}}
	data, err := json.Marshal(in)
	if err != nil || string(data) != `{"from":"2025-05-09","to":""}` {
		t.Fatalf("%s, %v", data, err)
	}
	var out document
	if err := json.Unmarshal(data, &out); err != nil || out != in {
		t.Errorf("%v, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"from":"2025-02-30"}`), &out); err == nil {
		t.Error("30 February was read")
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2025-05-09", "2024-02-29", "", "0000-00-00", "9999-12-31"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		want, wantErr := time.Parse(time.DateOnly, s)
		if year0 := wantErr == nil && want.Year() == 0; year0 {
			return
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: %v, package time says %v", s, err, wantErr)
		}
		if err == nil && (d != DateOf(want) || d.String() != s) {
			t.Errorf("%q reads as %v", s, d)
		}
	})
}
