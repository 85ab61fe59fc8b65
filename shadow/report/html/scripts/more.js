// Stands in for groups of differences that the page holds in compact form.
const furtherGroups = () => [];
const showFurther = () => {};
const furtherPlace = () => null;
