package visit

import "aiqyn/casework"

// The real engine is one.
var _ Engine = (*casework.Engine)(nil)
