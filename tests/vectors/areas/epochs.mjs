export const body = () => ({});
export const grant = () => ({});
