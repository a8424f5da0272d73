package corpus

// Parse is parse, for tests.
var Parse = parse
