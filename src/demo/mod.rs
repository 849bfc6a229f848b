//! Stand-ins that speak only HTTP and name nothing of the rest: an OpenID provider and a protected API.
