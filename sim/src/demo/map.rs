//! Where everything lies, as a picture.
