package release

// people is how many people stand behind cases, so that none of them learns of fewer than
// one less by leaving out what they know themselves. Somebody knows the cases that they
// have applied for, and those that they have brought about for others. So it is the fewer
// of the applicants and of those who brought the cases about; and of what is left without
// all that any one of them knows, one more than the fewer of these.
//
// With one case more it is as many or one more. So cases that can be asked no more never
// make it more than it was.
func people(cases []*Case) int {
	return min(
		apartBy(cases, func(c *Case) (string, string) { return c.Person, c.Filer }),
		apartBy(cases, func(c *Case) (string, string) { return c.Filer, c.Person }),
	)
}

// apartBy counts those on one side of cases: all of them, or one more than are left
// without the cases of whoever takes the most of them along, on either side.
func apartBy(cases []*Case, sides func(*Case) (one, other string)) int {
	const several = "\n"                        // no name
	only := make(map[string]string, len(cases)) // of each on this side, who alone is on the other
	for _, c := range cases {
		one, other := sides(c)
		if was, ok := only[one]; ok && was != other {
			other = several
		}
		only[one] = other
	}
	takes, most := make(map[string]int), 0
	for one, other := range only {
		takes[one]++
		if other != one && other != several {
			takes[other]++
		}
	}
	for _, n := range takes {
		most = max(most, n)
	}
	return min(len(only), len(only)-most+1)
}

// people counts by the rule of the release's form.
func (r *Release) people(cases []*Case) int {
	if since(r.Format, Format) {
		return people(cases)
	}
	seen := make(map[string]bool, len(cases))
	for _, c := range cases {
		seen[c.Person] = true
	}
	return len(seen)
}

// byApplicant leaves out who has brought cases about where a form does not ask: then
// people are told apart by the applicant.
func (in *Input) byApplicant(format string) {
	if since(format, Format) {
		return
	}
	cases := make([]Case, len(in.Cases))
	for i, c := range in.Cases {
		c.Filer = c.Person
		cases[i] = c
	}
	in.Cases = cases
	if underway := in.Underway; underway != nil {
		in.Underway = func() ([]Underway, error) {
			list, err := underway()
			for i := range list {
				list[i].Filer = list[i].Person
			}
			return list, err
		}
	}
}
