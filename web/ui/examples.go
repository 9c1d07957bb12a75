package ui

import (
	"time"

	"aiqyn/locale"
)

// Example is one component with data: what the style page shows and the tests
// hold against the golden file beside the template.
type Example struct {
	Component, Name string
	Data            any
}

// Examples lists every component at least once.
func Examples() []Example {
	at := time.Date(2026, 11, 23, 10, 15, 0, 0, locale.Zone)
	load := Input{Name: "load", Label: "How much power do you need?", Suffix: "kW", Mode: "numeric", Width: "5", Heading: true}
	wrong := load
	wrong.Value, wrong.Error, wrong.Hint = "много", "Write a whole number of kilowatts", "For a house, 10 is usual"
	return []Example{
		{"input", "kilowatts", load},
		{"input", "error", wrong},
		{"textarea", "empty", Textarea{Name: "text", Label: "What do you want to say?"}},
		{"radios", "choice", Radios{Name: "category", Label: "Reliability category", Heading: true, Options: []Option{
			{Value: "I", Label: "First", Hint: "Hospitals"}, {Value: "III", Label: "Third", Checked: true}}}},
		{"radios", "error", Radios{Name: "temporary", Label: "Is it temporary?", Error: "Choose yes or no",
			Options: []Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}}}},
		{"date-input", "filled", DateInput{Name: "until", Label: "Until when?", Day: "5", Month: "12", Year: "2026"}},
		{"select", "district", Select{Name: "district", Label: "District", Options: []Option{{Label: "All"}, {Value: "1", Label: "Almaly", Checked: true}}}},
		{"question", "kilowatts", Question{Action: "/en/apply/energy.connection/load", Caption: "Power connection",
			Field: Field{Input: &load}, Law: "Rules No. 143, art. 8", Hidden: []Hidden{{"from", "check"}}}},
		{"error-summary", "two", []FieldError{{"load", "Write a whole number"}, {"", "Something else is wrong"}}},
		{"summary", "answers", []Row{{Key: "Power", Value: "150 kW", Change: "/en/apply/energy.connection/load"}, {Key: "Filed", Value: "today", Note: "by you"}}},
		{"tasks", "states", []Task{{Href: "/en/x", Title: "Parcel", Status: Tag{"good", "Done"}},
			{Href: "/en/y", Title: "Power", Status: Tag{"todo", "Not started"}}, {Title: "Check and send", Status: Tag{"", "Cannot start yet"}}}},
		{"panel", "done", Panel{Kind: "good", Title: "Application filed", Caption: "Its number is", Reference: "AQ-7K2M-9F3D"}},
		{"timeline", "two", []Moment{{What: "Survey", Next: true, Who: "surveyor"}, {At: at, What: "Filed", Who: "applicant", Text: "The clock started.",
			Proof: &Proof{Href: "/en/cases/AQ-7K2M-9F3D/receipts/17", Entry: 17, Level: Tag{"good", "Witnessed"}}}}},
		{"clock", "running", Clock{Figure: "3", Title: "Answer by 5 December 2026", Left: "3 working days left", Why: []string{"1 December is a holiday"}}},
		{"clock", "late", Clock{Figure: "−2", Title: "The answer was due on 5 December 2026", Left: "2 working days late", State: "late"}},
		{"tag", "good", Tag{"good", "Granted"}},
		{"filter", "set", someFilter}, {"list", "two", someList}, {"list", "nothing", List{Empty: Empty{Text: "No such transformer was found."}}},
		{"pager", "both", Pager{First: "/en/capacity", Next: "/en/capacity?after=7"}},
		{"empty", "cases", Empty{Text: "You have no applications.", Action: &Link{"/en/services", "Find a service"}}},
		{"facts", "service", []Fact{{"Answer within", "5 working days"}, {"Costs", "0 ₸"}}},
		{"cards", "one", []Card{{Href: "/en/services/x", Title: "Power connection", Summary: "You get technical conditions.", Facts: []Fact{{"Costs", "0 ₸"}}}}},
		{"capacity-bar", "half", CapacityBar{Label: "200 of 400 kW taken", Used: 40, Kept: 10}},
		{"points", "two", []Point{{Name: "TP-17", Route: "120 m", Cost: "450 000 ₸", Free: "180 kW", Limit: "voltage", Why: "cheapest", Chosen: true},
			{Name: "TP-18", Route: "2 km", Cost: "–", Free: "20 kW", Limit: "cable", Why: "cannot take the load"}}},
		{"source", "capacity", Source{At: at, Method: "Computed from the network.", Limits: "Not a promise.", Entry: "/en/ledger/17", Hash: "6b86b273"}},
		{"receipt", "recorded", Receipt{Level: Tag{"good", "Recorded"}, Rows: []Row{{Key: "Entry", Value: "17"}}, File: "/en/cases/AQ/receipts/17.json"}},
		{"notice", "good", Notice{Kind: "good", Title: "Saved", Text: "Your answer is kept."}},
	}
}

var someFilter = Filter{
	Action: "/en/capacity", Reset: "/en/capacity", Inputs: []Input{{Name: "name", Label: "Name", Value: "17"}},
	Selects: []Select{{Name: "district", Label: "District", Options: []Option{{Label: "All"}, {Value: "1", Label: "Almaly", Checked: true}}}},
}

var someList = List{
	Caption: "Free capacity", Total: "More than 25 rows in the list", Files: []Link{{"/en/capacity.csv", "CSV"}, {"/en/capacity.xlsx", "XLSX"}},
	Columns: []Column{{Title: "Transformer", Head: true}, {Title: "Free", Unit: "kW", Number: true}, {Title: "Taken"}, {Title: "Based on"}, {Title: "Left"}},
	Rows: []Line{
		{Cells: []Cell{{Text: "TP-17", Href: "/en/capacity/17", Note: "Almaly"}, {Text: "180"}, {Bar: &CapacityBar{Label: "40 of 100", Used: 40}}, {Tag: &Tag{"good", "measured"}}, {Text: "2 days late", Mark: "late"}}},
		{Cells: []Cell{{Text: "TP-18", Href: "/en/capacity/18", Law: "Rules No. 143"}, {}, {Bar: &CapacityBar{Label: "90 of 100", Used: 80, Kept: 10}}, {Tag: &Tag{"", "unknown"}}, {Text: "6b86b273", Code: true}}},
	},
	Pager: Pager{Next: "/en/capacity?after=18"},
}
