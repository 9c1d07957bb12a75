package grid

// into reads one value into where its field says.
func (s *scanner) into(f *field) (present bool) {
	c := s.peek()
	if c == 'n' {
		if s.literal() != "null" {
			s.syntax()
		} else if !f.null {
			s.wrong(f.name)
		}
		return false
	}
	isNumber := c == '-' || c >= '0' && c <= '9'
	switch to := f.to.(type) {
	case *float64:
		if isNumber {
			*to, _ = s.number()
			return true
		}
	case *maybe:
		if isNumber {
			to.v, _ = s.number()
			to.ok = true
			return true
		}
	case *int:
		if isNumber {
			*to = s.whole(f.name)
			return true
		}
	case *string:
		if c == '"' {
			*to = s.text()
			return true
		}
	case *bool:
		if c == 't' || c == 'f' {
			*to = s.truth()
			return true
		}
	case *maybeText:
		if c == '"' {
			to.v, to.ok = s.text(), true
			return true
		}
	case passed:
		s.skip()
		return true
	case []field:
		if c == '{' {
			s.fields(to)
			return true
		}
	}
	if c == 0 {
		s.syntax()
	} else {
		s.wrong(f.name)
	}
	return false
}

func (s *scanner) whole(name string) int {
	v, whole := s.number()
	if !whole || v < -maxID || v > maxID {
		s.wrong(name)
	}
	return int(v)
}

func (s *scanner) truth() bool {
	l := s.literal()
	if l != "true" && l != "false" {
		s.syntax()
	}
	return l == "true"
}

// fields reads one object. A file usually lists its keys in our order, so the
// search starts after the last one found.
func (s *scanner) fields(fs []field) {
	var seen uint64
	next := 0
	s.object(func(key []byte) {
		i := find(fs, key, next)
		if i < 0 {
			if s.lax {
				s.skip()
			} else {
				s.fail(invalid("grid.unknown-field", "element", s.element, "id", s.id, "field", clip(key)))
			}
			return
		}
		if seen&(1<<i) != 0 {
			s.fail(invalid("grid.repeated-field", "element", s.element, "id", s.id, "field", fs[i].name))
			return
		}
		next = i + 1
		s.value(fs, i, &seen)
	})
	s.complete(fs, seen)
}

func (s *scanner) value(fs []field, i int, seen *uint64) {
	if s.into(&fs[i]) {
		*seen |= 1 << i
		if id, ok := fs[i].to.(*int); ok && fs[i].name == "id" {
			s.id = *id
		}
	}
}

// row reads an element written as a list of values in the order of names.
func (s *scanner) row(fs []field, names []string) {
	var seen uint64
	s.array(func(i int) {
		if i >= len(names) {
			s.wrong("attributes")
			return
		}
		if j := find(fs, []byte(names[i]), i); j >= 0 {
			s.value(fs, j, &seen)
		} else {
			s.skip()
		}
	})
	s.complete(fs, seen)
}

func (s *scanner) complete(fs []field, seen uint64) {
	if s.err != nil {
		return
	}
	for i := range fs {
		if fs[i].need && seen&(1<<i) == 0 {
			s.fail(invalid("grid.missing-field", "element", s.element, "id", s.id, "field", fs[i].name))
			return
		}
	}
}

func find(fs []field, key []byte, next int) int {
	if next < len(fs) && fs[next].name == string(key) {
		return next
	}
	for i := range fs {
		if fs[i].name == string(key) {
			return i
		}
	}
	return -1
}

// list reads an array of elements of one kind: reset clears the scratch element
// that fs points into, keep takes it.
func (s *scanner) list(element string, fs []field, reset, keep func()) {
	s.rows(element, fs, nil, reset, keep)
}

func (s *scanner) rows(element string, fs []field, names []string, reset, keep func()) {
	s.array(func(i int) {
		s.element, s.id = element, i
		reset()
		if names != nil && s.peek() == '[' {
			s.row(fs, names)
		} else {
			s.fields(fs)
		}
		if s.err == nil {
			keep()
		}
	})
	s.element, s.id = "file", ""
}
